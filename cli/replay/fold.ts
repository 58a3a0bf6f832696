import {
  type IncidentJson,
  type InterruptionJson,
  type NoticeJson,
  toIncidentJson,
  toInterruptionJson,
  toNoticeJson,
} from '../../contracts/incident.ts';
import type { ReplayEvent } from '../../contracts/replay.ts';
import type { Changes, SiteEngine } from '../../core/incidents/engine.ts';
import type { Incident } from '../../core/incidents/incident.ts';
import { createSiteEngine } from '../../core/incidents/site-engine.ts';
import type { Interruption } from '../../core/interruptions/interruption.ts';
import type { Notice } from '../../core/notices/notice.ts';
import { createDecoder } from '../../core/readings/decoder.ts';
import type { Profiles } from '../../core/readings/profile.ts';
import type { Site } from '../../core/topology/site.ts';
import type { Instant } from '../../core/units/time.ts';
import { replayInputs } from './live-readings.ts';

export interface ReplayResult {
  readonly incidents: IncidentJson[];
  readonly interruptions: InterruptionJson[];
  readonly notices: NoticeJson[];
  readonly refused: Record<string, number>;
}

/** After the last event the clock runs on this long. */
export const RUN_ON_MS = 15 * 60_000;

/**
 * Folds a stream of events through decoder and engine under a virtual clock: a tick on every whole second, before what
 * arrives on it. `swap` lets a caller replace the engine between inputs (stop and restart).
 */
export function foldEvents(
  site: Site,
  profiles: Profiles,
  events: Iterable<ReplayEvent>,
  until: Instant | null,
  swap: (engine: SiteEngine, input: number) => SiteEngine = (engine) => engine,
): ReplayResult {
  const decoder = createDecoder(
    { get: (id) => (id === site.site.id ? site : undefined), all: () => [site] },
    profiles,
  );
  let engine = createSiteEngine(site, profiles, replayId);
  const book = openBook();
  let second: number | null = null;
  let last: Instant = 0;
  let inputs = 0;

  const runTo = (at: Instant) => {
    second ??= Math.floor(at / 1000);
    while ((second + 1) * 1000 <= at) {
      second += 1;
      book.take(engine.apply({ kind: 'tick', at: second * 1000 }));
    }
  };

  for (const next of replayInputs(events, decoder)) {
    if (until !== null && next.at > until) break;
    runTo(next.at);
    last = next.at;
    engine = swap(engine, inputs++);
    if (next.kind === 'refused') book.refuse(next.reason);
    else book.take(engine.apply(next.input));
  }
  if (inputs > 0 || until !== null) runTo(until ?? last + RUN_ON_MS);
  return book.close();
}

/** Incidents are i1, i2 … by opening. */
export function replayId(kind: 'incident' | 'interruption', _at: Instant, ordinal: number): string {
  return `${kind === 'incident' ? 'i' : 'x'}${ordinal}`;
}

/** What a store would hold after all changes. */
function openBook() {
  const incidents = new Map<string, Incident>();
  const interruptions = new Map<string, Interruption>();
  const notices: Notice[] = [];
  const refused: Record<string, number> = {};
  return {
    take(changes: Changes) {
      for (const incident of changes.incidents) incidents.set(incident.id, incident);
      for (const { type, body } of changes.ledger) {
        if (type === 'voided') interruptions.delete(body.id);
        else interruptions.set(body.id, body);
      }
      notices.push(...changes.notices);
    },
    refuse(reason: string) {
      refused[reason] = (refused[reason] ?? 0) + 1;
    },
    close(): ReplayResult {
      return {
        incidents: [...incidents.values()]
          .sort((a, b) => a.detectedAt - b.detectedAt || compare(a.root, b.root))
          .map(toIncidentJson),
        interruptions: [...interruptions.values()]
          .sort(
            (a, b) =>
              a.from - b.from ||
              compare(a.premises ?? a.node, b.premises ?? b.node) ||
              compare(a.phases, b.phases),
          )
          .map(toInterruptionJson),
        notices: notices.map(toNoticeJson),
        refused,
      };
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
