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
import type { Interruption } from '../../core/interruptions/interruption.ts';
import type { Notice } from '../../core/notices/notice.ts';
import type { Profiles } from '../../core/readings/profile.ts';
import type { Site } from '../../core/topology/site.ts';
import type { Instant } from '../../core/units/time.ts';
import { createReplay } from './replay-run.ts';

export interface ReplayResult {
  readonly incidents: IncidentJson[];
  readonly interruptions: InterruptionJson[];
  readonly notices: NoticeJson[];
  readonly refused: Record<string, number>;
}

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
  const book = openBook();
  const replay = createReplay({ site, profiles, until, take: book.take, refuse: book.refuse, swap });
  for (const event of events) if (!replay.give(event)) break;
  replay.end();
  return book.close();
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
