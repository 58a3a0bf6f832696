import type { PersonView } from '../../contracts/http/people.ts';
import type { KnownPerson } from '../../core/ports/people-store.ts';
import { maskName, maskPhone } from './mask.ts';

export function personView(person: KnownPerson, how: 'masked' | 'whole'): PersonView {
  const { id, name, phone, language, optedOut, profile, premises } = person;
  const masked = phone === null ? null : maskPhone(phone);
  return {
    id,
    name: how === 'whole' ? name : maskName(name),
    phone: how === 'whole' ? phone : masked,
    language,
    optedOut,
    profile: { ...profile, channels: [...profile.channels] },
    premises: [...premises],
  };
}
