import type { EventView } from '../../contracts/http/events.ts';
import type { EventRow } from '../../core/ports/event-log.ts';
import { toIso } from '../../core/units/time.ts';

/** `person` rows keep their place in the sequence; what they say about people stays here. */
export function eventView({ site, seq, at, type, body }: EventRow): EventView {
  return { site, seq, at: toIso(at), type, body: type === 'person' ? null : body };
}
