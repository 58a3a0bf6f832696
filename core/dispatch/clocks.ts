import type { Instant } from '../units/time.ts';
import type { ClockName } from './clock-name.ts';
import type { ClockRun, Dispatch, Pause } from './dispatch.ts';

/** A stretch of time with holes that do not count. */
export type Span = Pick<ClockRun, 'startedAt' | 'stoppedAt' | 'pauses'>;

const MINUTE_MS = 60_000;

export function startClock(dispatch: Dispatch, clock: ClockName, startedAt: Instant): readonly ClockRun[] {
  const round = dispatch.clocks.filter((run) => run.clock === clock).length + 1;
  const limit_ms = dispatch.rules.limits_min[clock] * MINUTE_MS;
  return [...dispatch.clocks, { clock, round, startedAt, stoppedAt: null, limit_ms, pauses: [] }];
}

/** Stops the running rounds of these clocks; an open pause ends with its clock. */
export function stopClocks(
  clocks: readonly ClockRun[],
  which: readonly ClockName[] | 'all',
  at: Instant,
): readonly ClockRun[] {
  return clocks.map((run) => {
    if (run.stoppedAt !== null || (which !== 'all' && !which.includes(run.clock))) return run;
    const stoppedAt = Math.max(at, run.startedAt);
    return { ...run, stoppedAt, pauses: run.pauses.map((pause) => endedBy(pause, stoppedAt)) };
  });
}

export function endedBy(pause: Pause, at: Instant): Pause {
  return pause.to === null ? { ...pause, to: Math.max(at, pause.from) } : pause;
}

export function runningClock(dispatch: Pick<Dispatch, 'clocks'>, clock: ClockName): ClockRun | null {
  return dispatch.clocks.findLast((run) => run.clock === clock && run.stoppedAt === null) ?? null;
}

export function isPaused({ pauses }: Pick<ClockRun, 'pauses'>): boolean {
  return pauses.at(-1)?.to === null;
}

/** When the counted time of the span reaches `elapsed_ms`; null when a pause that lasts stands before it. Looks past its stop. */
export function reachedAt({ startedAt, pauses }: Span, elapsed_ms: number): Instant | null {
  let from = startedAt;
  let left = elapsed_ms;
  for (const pause of pauses) {
    if (pause.to !== null && pause.to <= from) continue;
    const counted = Math.max(0, pause.from - from);
    if (left <= counted) return from + left;
    if (pause.to === null) return null;
    left -= counted;
    from = Math.max(from, pause.to);
  }
  return from + left;
}

/** Counted time up to `now` or the stop. */
export function elapsed_ms({ startedAt, stoppedAt, pauses }: Span, now: Instant): number {
  const end = Math.max(startedAt, stoppedAt ?? now);
  const paused = pauses.reduce((sum, { from, to }) => {
    return sum + Math.max(0, Math.min(to ?? end, end) - Math.max(from, startedAt));
  }, 0);
  return Math.max(0, end - startedAt - paused);
}

export type ClockStatus = 'running' | 'paused' | 'late' | 'met' | 'missed';

/** late: beyond its limit and still running; met and missed speak of a clock that has stopped. */
export function clockStatus(run: ClockRun, now: Instant): ClockStatus {
  const over = elapsed_ms(run, now) > run.limit_ms;
  if (run.stoppedAt !== null) return over ? 'missed' : 'met';
  if (isPaused(run)) return 'paused';
  return over ? 'late' : 'running';
}
