import type { JournalRecord } from '../../core/ports/journal.ts';
import type { Site } from '../../core/topology/site.ts';
import type { Instant } from '../../core/units/time.ts';
import { encodeJournaled } from '../../ingest/journaled.ts';
import { type Line, toReplay } from './replayed.ts';

/** The journal an ingest would have written of these lines: the site, then everything in order with a tick each second. */
export function journalOf(site: Site, lines: readonly Line[], until: Instant): JournalRecord[] {
  const id = site.site.id;
  const records: JournalRecord[] = [];
  const put = (
    kind: JournalRecord['kind'],
    at: Instant,
    topic: string,
    payload: Uint8Array,
    stored = false,
  ) => records.push({ offset: records.length, kind, at, topic, payload, stored });
  const events = toReplay(lines);
  const start = events[0]?.at ?? until;
  put('command', start, id, encodeJournaled({ id: 'first', type: 'site', version: 1, site, afresh: false }));
  let second = Math.floor(start / 1000);
  const tickTo = (at: Instant) => {
    while ((second + 1) * 1000 <= at) put('tick', ++second * 1000, '', new Uint8Array(0));
  };
  for (const event of events) {
    tickTo(event.at);
    if (event.kind === 'message') put('message', event.at, event.topic, event.payload, event.stored);
    else
      put(
        'command',
        event.at,
        id,
        encodeJournaled({ id: `c${records.length}`, type: 'command', command: event.command }),
      );
  }
  tickTo(until);
  return records;
}
