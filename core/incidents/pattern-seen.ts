import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';

export type Pattern = 'open_high_side_phase' | 'broken_neutral';

/** A device that shows a voltage picture no simple loss makes. Plain data. */
export interface PatternSeen {
  readonly pattern: Pattern;
  phases: PhaseMask;
  readonly since: Instant;
  /** Arrival of the first sight, for the hold. */
  readonly heard: Instant;
}
