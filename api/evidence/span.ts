import type { Incident } from '../../core/incidents/incident.ts';
import type { Bus } from '../../core/ports/bus.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { EvidenceLog } from '../../core/ports/evidence-log.ts';
import type { Instant } from '../../core/units/time.ts';

/** A part of the evidence log that a replay can be made of; `until` is where its clock stops. */
export interface EvidenceSpan {
  readonly from: Instant;
  readonly until: Instant;
}

export interface SpanDeps {
  readonly evidence: EvidenceLog;
  /** Null where no ingest runs: then the log is as complete as it was left. */
  readonly bus: Pick<Bus, 'publish'> | null;
  readonly clock: Clock;
}

/** Devices are heard, and what else was going on is known, before the loss. */
const BEFORE_MS = 3_600_000;
const AFTER_MS = 60_000;
/** Ingest is a moment behind. */
const BEHIND_MS = 2_000;
const LOOK_MS = 100;
const LOOKS = 40;

/** What an incident was made of, and what led to it. */
export function spanOfIncident({ onsetEarliest, closedAt }: Incident, now: Instant): EvidenceSpan {
  return { from: onsetEarliest - BEFORE_MS, until: closedAt === null ? now : closedAt + AFTER_MS };
}

/** The span that the log can serve of the one asked for, its newest part written first; null when it can serve none. */
export async function availableSpan(
  deps: SpanDeps,
  site: string,
  asked: EvidenceSpan,
): Promise<EvidenceSpan | null> {
  const until = Math.min(asked.until, deps.clock.now() - BEHIND_MS);
  const from = await deps.evidence.beginning(site, asked.from);
  if (from === null || from >= until) return null;
  const through = await completeUpTo(deps, site, until);
  if (through === null || from >= through) return null;
  return { from, until: Math.min(until, through) };
}

async function completeUpTo(
  { evidence, bus }: SpanDeps,
  site: string,
  until: Instant,
): Promise<Instant | null> {
  const reached = async () => (await evidence.extent(site))?.through ?? null;
  let through = await reached();
  if (bus === null || (through ?? 0) >= until) return through;
  bus.publish('evidence', { site });
  for (let look = 0; look < LOOKS && (through ?? 0) < until; look++) {
    await new Promise((next) => setTimeout(next, LOOK_MS));
    through = await reached();
  }
  return through;
}
