import type { PersonView } from '../../contracts/http/people.ts';
import type { KnownPerson } from '../../core/ports/people-store.ts';
import { maskEmail, maskName, maskPhone } from './mask.ts';

export function personView(person: KnownPerson, how: 'masked' | 'whole'): PersonView {
  const { id, name, phone, language, optedOut, profile, premises } = person;
  const masked = phone === null ? null : maskPhone(phone);
  const { email, ...wishes } = profile;
  const address = email === undefined ? {} : { email: how === 'whole' ? email : maskEmail(email) };
  return {
    id,
    name: how === 'whole' ? name : maskName(name),
    phone: how === 'whole' ? phone : masked,
    language,
    optedOut,
    profile: { ...wishes, ...address, channels: [...profile.channels] },
    premises: [...premises],
  };
}
