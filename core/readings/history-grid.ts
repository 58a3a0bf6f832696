import type { Instant } from '../units/time.ts';

export interface HistoryGrid {
  /** Start of bucket 0; up to an hour before `from` when buckets are whole hours. */
  readonly origin: Instant;
  readonly width_ms: number;
  readonly count: number;
}

const HOUR_MS = 3_600_000;

/** A year of hours fits; more points than this no screen shows. */
export const MAX_BUCKETS = 20_000;

/**
 * Cuts [from, to) into at most `buckets` equal buckets, the same way in every store.
 *
 * From an hour upwards buckets are whole UTC hours, so that hourly roll-ups answer them exactly.
 */
export function historyGrid(from: Instant, to: Instant, buckets: number): HistoryGrid {
  const most = Math.max(1, Math.min(MAX_BUCKETS, Math.floor(buckets)));
  const exact_ms = Math.max(1, Math.ceil((to - from) / most));
  if (exact_ms < HOUR_MS)
    return { origin: from, width_ms: exact_ms, count: Math.ceil((to - from) / exact_ms) };

  const origin = Math.floor(from / HOUR_MS) * HOUR_MS;
  const width_ms = Math.ceil((to - origin) / most / HOUR_MS) * HOUR_MS;
  return { origin, width_ms, count: Math.ceil((to - origin) / width_ms) };
}
