import type { Instant } from '../units/time.ts';

/** Messages per block; two blocks make the window of about 50 messages over which the offset is the smallest seen. */
const BLOCK = 25;

/** What is known of a device's clock: the smallest (arrival - ts) of this block of messages and of the one before. */
export interface DeviceClock {
  count: number;
  low: number | null;
  lowBefore: number | null;
  /** The delay of the last message, and how many in a row have had it. */
  last: number;
  alike: number;
}

export function newClock(): DeviceClock {
  return { count: 0, low: null, lowBefore: null, last: 0, alike: 0 };
}

/** A clock whose offset somebody else has found. */
export function clockWithOffset(offset_ms: number): DeviceClock {
  return { ...newClock(), low: offset_ms };
}

/** Delays that differ by less are the same. */
const SAME_MS = 5_000;
/** So many messages in a row, each this much late, are not late: the clock was set back. */
const SET_BACK_AFTER = 3;
const SET_BACK_MS = 120_000;

/**
 * Takes one message into account and gives its instant on our clock. A message is delayed at least by nothing, so the
 * smallest delay seen is the clock's error; the corrected instant never lies after the arrival.
 */
export function correct(clock: DeviceClock, ts: Instant, arrival: Instant): Instant {
  const delay = arrival - ts;
  clock.alike = Math.abs(delay - clock.last) < SAME_MS ? clock.alike + 1 : 1;
  clock.last = delay;
  if (clock.alike >= SET_BACK_AFTER && delay - offsetOf(clock) > SET_BACK_MS) {
    clock.low = delay;
    clock.lowBefore = null;
    clock.count = 0;
  }
  if (clock.count >= BLOCK) {
    clock.lowBefore = clock.low;
    clock.low = null;
    clock.count = 0;
  }
  clock.count += 1;
  clock.low = clock.low === null ? delay : Math.min(clock.low, delay);
  return ts + offsetOf(clock);
}

/** Arrival minus device time of the quickest message. */
export function offsetOf(clock: DeviceClock): number {
  if (clock.low === null) return clock.lowBefore ?? 0;
  return clock.lowBefore === null ? clock.low : Math.min(clock.low, clock.lowBefore);
}
