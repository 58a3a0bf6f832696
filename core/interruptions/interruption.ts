import type { PhaseText } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import type { Attributed } from './attributed.ts';

export interface InterruptionCause {
  readonly incident: string;
  readonly from: Instant;
  readonly to: Instant | null;
  /** What a person said of it, with the hash of what they showed; absent until then. */
  readonly attribution?: Attributed;
  readonly cause?: string;
  readonly evidenceHash?: string;
}

/**
 * One premises (or one unit without premises) without supply from `from` to `to`: the ledger entry that indices and
 * money share. Interruptions of one premises never overlap on a phase.
 */
export interface Interruption {
  readonly id: string;
  readonly node: string;
  readonly premises: string | null;
  readonly phases: PhaseText;
  readonly from: Instant;
  readonly to: Instant | null;
  readonly momentary: boolean;
  /** How many times supply went away inside this entry (IEEE 1366: a reclose sequence is one event). */
  readonly operations: number;
  readonly planned: string | null;
  readonly causes: readonly InterruptionCause[];
}

/** One line of the append-only store; an interruption is the fold of its lines, the last `body` standing. */
export interface LedgerEntry {
  readonly type: 'opened' | 'closed' | 'corrected' | 'voided';
  readonly at: Instant;
  readonly reason: string;
  /** The whole interruption after this entry. */
  readonly body: Interruption;
}
