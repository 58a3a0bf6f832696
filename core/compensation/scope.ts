import type Fraction from 'fraction.js';
import type { Interval } from '../units/calendar.ts';
import type { AssessCase, CaseInterruption, TraceLine } from './case.ts';
import type { SchemeFile } from './scheme.ts';

export type Value = Fraction | string | boolean;

/** A compiled expression. Inputs that are missing are noted in the scope and stand in as nothing, so that all are found at once. */
export type Evaluate = (scope: Scope) => Value;

/** Counted time, with the interruption it was cut from. */
export interface Piece extends Interval {
  readonly origin: Interval;
}

/** What an expression can see and must report to. */
export interface Scope {
  readonly scheme: SchemeFile;
  readonly case: AssessCase;
  readonly zone: string;
  readonly rule: string;
  readonly part: string | null;
  /** Local date by which dated facts are chosen. */
  readonly date: string;
  /** The local month of a monthly part, or that in which the part begins. */
  readonly month: string;
  readonly interruption: CaseInterruption | null;
  readonly pieces: readonly Piece[];
  readonly steps: Map<string, Value>;
  readonly report: Report;
}

/** What an assessment collects on its way. */
export interface Report {
  readonly trace: TraceLine[];
  readonly refused: Map<string, { readonly path: string; readonly code: string }>;
  readonly unverified: Map<string, { readonly path: string; readonly note: string }>;
  /** Milliseconds a rule counts beyond the ledger: started days and periods. */
  added_ms: number;
}

export function newReport(): Report {
  return { trace: [], refused: new Map(), unverified: new Map(), added_ms: 0 };
}
