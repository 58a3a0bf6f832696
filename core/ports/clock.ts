import type { Instant } from '../units/time.ts';

export interface Clock {
  /** Wall clock, epoch ms UTC; may step. */
  now(): Instant;
  /** Milliseconds from an arbitrary start; never steps back. Holds and watchdogs use it. */
  monotonic(): number;
}
