import type Fraction from 'fraction.js';
import type { PeriodRule } from '../units/periods.ts';
import type { RoundingMode } from '../units/rounding.ts';
import type { Compiled } from './compiler.ts';
import type { DailyWindow } from './daily-window.ts';
import type { Declared } from './scope.ts';

/** A scheme ready to assess by. */
export interface Scheme extends Declared {
  readonly versions: readonly SchemeVersion[];
}

export interface SchemeVersion {
  readonly path: string;
  readonly from: string;
  readonly to: string | null;
  readonly unverified: string | null;
  readonly conflict: { readonly note: string; readonly chosen: Compiled } | null;
  readonly rules: readonly Rule[];
  /** The rules by what they build on, those that stand on their own first. */
  readonly levels: readonly (readonly Rule[])[];
  readonly groups: readonly Group[];
  readonly limits: readonly Limit[];
}

export interface Condition {
  readonly test: Compiled;
  readonly reason: string;
}

export interface Rule {
  readonly id: string;
  readonly path: string;
  /** Above the rules it asks about. */
  readonly level: number;
  /** It pays on top of what other rules owe: interest, tax. */
  readonly derived: boolean;
  readonly unverified: string | null;
  readonly payers: readonly { readonly payer: string; readonly share: Compiled | null }[];
  readonly recourse: Compiled | null;
  readonly payee: Compiled | null;
  readonly exclude: readonly Condition[];
  readonly clock: Clock;
  readonly merge: Merge | null;
  readonly per: Per;
  readonly require: readonly Condition[];
  readonly claim: Claim | null;
  readonly steps: readonly { readonly name: string; readonly is: Compiled }[];
  readonly amount: Compiled;
  readonly round: { readonly mode: RoundingMode; readonly unit: Fraction; readonly at: 'part' | 'rule' };
  readonly due: Compiled | null;
}

export interface Clock {
  readonly start: Compiled | null;
  readonly end: Compiled | null;
  readonly stops: readonly Stop[];
  readonly free_h: Compiled | null;
  readonly free: Compiled | null;
}

export type Stop = { readonly reason: string } & (
  | { readonly intervals: string; readonly of: 'interruption' | 'facts' }
  | { readonly daily: DailyWindow }
  | { readonly from: Compiled; readonly to: Compiled }
);

export interface Merge {
  readonly gap: { readonly ms: Fraction; readonly inclusive: boolean } | null;
  readonly same: Compiled | null;
  readonly betweenCounts: boolean;
}

export type Per =
  | { readonly kind: 'interruption' | 'case' | 'once' }
  | { readonly kind: 'period'; readonly rule: PeriodRule; readonly by: 'time' | 'start' | 'end' }
  | { readonly kind: 'window'; readonly window: Window; readonly pays: 'every' | 'increase' | 'then_reset' }
  | { readonly kind: 'group'; readonly key: Compiled };

export type Window =
  | { readonly kind: 'months'; readonly count: number }
  | { readonly kind: 'days'; readonly count: number }
  | { readonly kind: 'year'; readonly rule: PeriodRule };

export interface Claim {
  readonly automatic: Compiled;
  readonly applied: string;
  readonly until: Compiled | null;
}

export interface Group {
  readonly path: string;
  readonly level: number;
  readonly rules: readonly string[];
  readonly pay: 'first' | 'greatest';
  readonly per: 'interruption' | 'case' | PeriodRule;
}

export interface Limit {
  readonly id: string;
  readonly path: string;
  readonly level: number;
  readonly rules: ReadonlySet<string>;
  readonly per: 'interruption' | 'case' | PeriodRule;
  readonly apportioned: boolean;
  readonly most: Compiled;
  readonly used: Compiled | null;
}
