import type { Instant } from '../units/time.ts';
import type { ClockName } from './clock-name.ts';
import { endedBy, isPaused } from './clocks.ts';
import { type ClockRun, type Dispatch, entryTime, isEnded, noted } from './dispatch.ts';
import type { Refusal } from './refusal.ts';

export interface Pausing {
  /** Null: every clock that runs. */
  readonly clock: ClockName | null;
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
}

/** Times one clock may be paused; each is on the record. */
const PAUSES_MAX = 100;

/** Time from here on does not count, for a reason somebody answers for. */
export function pause(dispatch: Dispatch, { clock, reason, by, at: now }: Pausing): Dispatch | Refusal {
  const at = entryTime(dispatch, now);
  return change(dispatch, clock, (run) => !isPaused(run), {
    apply: (run) => ({
      ...run,
      pauses: [...run.pauses, { from: Math.max(at, run.startedAt), to: null, reason, by }],
    }),
    entry: { at, by, event: 'paused', note: reason },
  });
}

export function resume(dispatch: Dispatch, { clock, reason, by, at: now }: Pausing): Dispatch | Refusal {
  const at = entryTime(dispatch, now);
  return change(dispatch, clock, isPaused, {
    apply: (run) => ({ ...run, pauses: run.pauses.map((one) => endedBy(one, at)) }),
    entry: { at, by, event: 'resumed', note: reason },
  });
}

function change(
  dispatch: Dispatch,
  clock: ClockName | null,
  concerns: (run: ClockRun) => boolean,
  how: { apply(run: ClockRun): ClockRun; readonly entry: Parameters<typeof noted>[1] },
): Dispatch | Refusal {
  if (isEnded(dispatch)) return { refused: 'over' };
  const named = dispatch.clocks.filter(
    (run) => run.stoppedAt === null && (clock === null || run.clock === clock),
  );
  if (named.length === 0) return { refused: 'not_running' };
  const concerned = new Set(named.filter(concerns));
  if (concerned.size === 0) return { refused: 'already' };
  if (named.some(({ pauses }) => pauses.length >= PAUSES_MAX)) return { refused: 'too_many' };
  const clocks = dispatch.clocks.map((run) => (concerned.has(run) ? how.apply(run) : run));
  return noted({ ...dispatch, clocks }, how.entry);
}
