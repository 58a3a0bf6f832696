import type { PeriodName } from '../units/periods.ts';

export interface Words {
  readonly 'zh-CN': string;
  readonly en: string;
}

/** `{"operator": argument}`, a decimal string, a text or a flag. */
export type Expression = unknown;

export interface ConditionFile {
  readonly if: Expression;
  readonly reason: string;
}

export interface RuleFile {
  readonly id: string;
  readonly title: Words;
  readonly notes?: string;
  readonly unverified?: string;
  /** A word, or shares of several payers. */
  readonly payer: string | readonly { readonly payer: string; readonly share: Expression }[];
  /** Who bears it in the end, where that is not the payer. */
  readonly recourse?: Expression;
  readonly payee?: Expression;
  /** Read for each interruption, in order; the first that holds takes it out, with its reason. A text names an exemption. */
  readonly exclude?: readonly (ConditionFile | string)[];
  readonly clock?: ClockFile;
  readonly merge?: MergeFile;
  readonly per: PerFile;
  /** Read for each part; the first that does not hold leaves the part unpaid, with its reason. */
  readonly require?: readonly ConditionFile[];
  readonly claim?: ClaimFile;
  readonly steps?: readonly { readonly name: string; readonly is: Expression }[];
  readonly amount: Expression;
  /** `at` part: each part is rounded; rule: their exact sum is, once. */
  readonly round: { readonly mode: string; readonly to: string; readonly at: 'part' | 'rule' };
  /** The local date by which it must be paid; null where the scheme sets none. */
  readonly due?: Expression | null;
}

export interface ClockFile {
  /** The instant from which an interruption counts; its own start unless given. */
  readonly start?: Expression;
  /** The instant at which it stops counting; its own end unless given. */
  readonly end?: Expression;
  /** Stretches in which the clock stands still. */
  readonly stops?: readonly StopFile[];
  /** Hours at the start of each interruption that do not count. */
  readonly free_h?: Expression;
  /** deducted: they never count; threshold: they do once the interruption is longer. */
  readonly free?: Expression;
}

/**
 * Told as an `intervals` input of the interruption or a fact of the case, from one instant to another (without the first there
 * is none), or every day between two times of the wall clock.
 */
export interface StopFile {
  readonly reason: string;
  readonly intervals?: string;
  readonly daily?: { readonly from: string; readonly to: string };
  readonly from?: Expression;
  readonly to?: Expression;
}

/** Interruptions that the rule takes for one. */
export interface MergeFile {
  /** Power back for less than, or for at most, so many hours does not end an interruption. */
  readonly gap_h?: { readonly below?: string; readonly at_most?: string };
  /** Those for which this has the same value are one, however far apart. */
  readonly same?: Expression;
  /** Whether the time with power between them counts. */
  readonly between: 'counts' | 'does_not_count';
}

/** What `amount` is worked out for, one at a time. */
export type PerFile =
  | 'interruption'
  | 'case'
  | 'once'
  | 'month'
  | PerPeriodFile
  | PerWindowFile
  | PerGroupFile;

export interface PerPeriodFile {
  readonly period: PeriodName;
  readonly starting?: string;
  /** Whether an interruption is cut at the border, or belongs whole to the period in which it starts or ends. */
  readonly by: 'time' | 'start' | 'end';
}

/** Every interruption in turn, together with those before it in its window. */
export interface PerWindowFile {
  readonly window: {
    readonly months?: number;
    readonly days?: number;
    readonly year_starting?: string;
  };
  /** every: each is paid; increase: what the amount has grown by in its window; then_reset: a payment starts the window anew. */
  readonly pays: 'every' | 'increase' | 'then_reset';
}

export interface PerGroupFile {
  /** Interruptions for which this has the same value are one part. */
  readonly group: Expression;
}

export interface ClaimFile {
  /** Paid without an application. */
  readonly automatic: Expression;
  /** Name of the fact (an instant or a date) that says when it was applied for. */
  readonly applied: string;
  /** The last local date for applying; null: no limit. */
  readonly until: Expression | null;
}

/** Rules of which one pays where several could. */
export interface GroupFile {
  readonly id: string;
  readonly rules: readonly string[];
  /** first: the first in the list that pays; greatest: the one that pays most. */
  readonly pay: 'first' | 'greatest';
  readonly per: 'interruption' | 'case' | { readonly period: PeriodName; readonly starting?: string };
}

/** The most that rules pay together. */
export interface LimitFile {
  readonly id: string;
  /** Every rule that stands on its own, unless named. */
  readonly rules?: readonly string[];
  readonly per:
    | 'interruption'
    | 'case'
    | { readonly period: PeriodName; readonly starting?: string; readonly apportion?: 'start' | 'hours' };
  readonly most: Expression;
  /** What has been paid under this limit before. */
  readonly used?: Expression;
}
