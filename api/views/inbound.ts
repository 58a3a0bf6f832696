import type { InboundView } from '../../contracts/http/inbox.ts';
import type { InboundMessage } from '../../core/ports/inbound-store.ts';
import { toIso } from '../../core/units/time.ts';
import { isoOrNull } from './interruptions.ts';
import { maskName, maskPhone } from './mask.ts';

export function inboundView({
  id,
  at,
  person,
  name,
  phone,
  body,
  state,
  ...rest
}: InboundMessage): InboundView {
  return {
    id,
    at: toIso(at),
    person,
    name: name === null ? null : maskName(name),
    phone: phone === null ? null : maskPhone(phone),
    characters: [...body].length,
    state,
    handledAt: isoOrNull(rest.handledAt),
    handledBy: rest.handledBy,
  };
}
