import type { Interval } from '../units/calendar.ts';

/** A stretch of counted time: of one of the spell's interruptions (by index), or the bridged time between them (null). */
export interface Stretch extends Interval {
  readonly owner: number | null;
}

/** What is left of some stretches without others; both in order of time. */
export function without<T extends Interval>(
  stretches: readonly T[],
  taken: readonly Interval[],
): readonly T[] {
  let left = stretches;
  for (const { from, to } of taken) {
    if (to <= from) continue;
    const next: T[] = [];
    for (const one of left) {
      if (one.from < from) next.push({ ...one, to: Math.min(one.to, from) });
      if (to < one.to) next.push({ ...one, from: Math.max(one.from, to) });
    }
    left = next;
  }
  return left;
}

/** Without their first milliseconds. */
export function withoutFirst(stretches: readonly Stretch[], ms: number): readonly Stretch[] {
  let left_ms = ms;
  const rest: Stretch[] = [];
  for (const one of stretches) {
    const cut = Math.min(left_ms, one.to - one.from);
    left_ms -= cut;
    if (one.from + cut < one.to) rest.push({ ...one, from: one.from + cut });
  }
  return rest;
}

export function lengthOf(stretches: readonly Interval[]): number {
  return stretches.reduce((sum, { from, to }) => sum + (to - from), 0);
}
