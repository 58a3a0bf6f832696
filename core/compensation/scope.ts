import type Fraction from 'fraction.js';
import type { Interval } from '../units/calendar.ts';
import type { Instant } from '../units/time.ts';
import type { WorkCalendar } from '../units/working-days.ts';
import type { AssessCase, CaseInterruption, TraceLine } from './case.ts';
import type { SchemeFile } from './scheme.ts';

/** A point of the UTC line as a value. Local dates are texts `YYYY-MM-DD`. */
export interface Moment {
  readonly at: Instant;
}

export type Value = Fraction | string | boolean | Moment;

/** A compiled expression. Inputs that are missing are noted in the scope and stand in as nothing, so that all are found at once. */
export type Evaluate = (scope: Scope) => Value;

/** Counted time. */
export interface Piece extends Interval {
  /** Id of the spell it is of. */
  readonly spell: string;
  /** Milliseconds its spell had counted before this piece. */
  readonly before_ms: number;
  /** Milliseconds its spell counts in all. */
  readonly spell_ms: number;
}

/** What a rule takes for one interruption: one of the ledger, or several merged. */
export interface Spell {
  readonly id: string;
  readonly from: Instant;
  /** The end of supply's absence, or until when it is measured. */
  readonly to: Instant;
  readonly members: readonly CaseInterruption[];
  readonly pieces: readonly Piece[];
}

/** What a scheme says besides its rules. */
export interface Declared {
  readonly file: SchemeFile;
  readonly calendars: ReadonlyMap<string, WorkCalendar>;
}

/** What an expression can see and must report to. */
export interface Scope {
  readonly scheme: Declared;
  readonly case: AssessCase;
  readonly zone: string;
  readonly rule: string;
  readonly part: string | null;
  /** From when to when the part runs; dated facts are those of its first day. */
  readonly from: Instant;
  readonly to: Instant;
  readonly interruption: CaseInterruption | null;
  readonly spells: readonly Spell[];
  readonly pieces: readonly Piece[];
  readonly steps: Map<string, Value>;
  /** One entry of a list, inside `sum_list`. */
  readonly entry: Readonly<Record<string, unknown>> | null;
  /** What rules before this one came to. */
  readonly settled: Settled;
  readonly report: Report;
}

export interface Settled {
  /** Rules that pay for an interruption, by its id. */
  readonly paidFor: Map<string, Set<string>>;
  /** What has been paid under a limit, by its id and period. */
  readonly usedUp: Map<string, Fraction>;
  /** What a rule owes, after groups and limits. */
  readonly owed: Map<string, Fraction>;
  readonly due: Map<string, string | null>;
}

/** What an assessment collects on its way. */
export interface Report {
  readonly trace: TraceLine[];
  readonly refused: Map<string, { readonly path: string; readonly code: string }>;
  /** By rule and path. */
  readonly unverified: Map<string, { readonly rule: string; readonly path: string; readonly note: string }>;
  /** Milliseconds a rule counts beyond the ledger, by part and place: bridged returns, started days and periods. */
  readonly added: Map<string, number>;
}

export function newReport(): Report {
  return { trace: [], refused: new Map(), unverified: new Map(), added: new Map() };
}
