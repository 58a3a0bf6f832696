import type { PeriodName } from '../units/periods.ts';

export interface Words {
  readonly 'zh-CN': string;
  readonly en: string;
}

/** `{"operator": argument}`, a decimal string, a text or a flag. */
export type Expression = unknown;

/** One thing a site fixes when it chooses the scheme. */
export interface Parameter {
  readonly type: 'number' | 'choice' | 'flag';
  readonly title: Words;
  /** What a number measures: `money`, `hour`, `money/kWh`. */
  readonly unit?: string;
  /** For a choice. */
  readonly values?: readonly string[];
  /** A decimal string, one of `values`, or a flag; without one the site must say. */
  readonly default?: string | boolean;
  readonly min?: string;
  readonly max?: string;
  /** Shown next to every amount that rests on the default: what it was taken from and why that is no proof. */
  readonly unverified?: string;
}

/** One thing the case must say: about the premises, about an interruption, or besides. */
export interface InputFile {
  readonly type: 'number' | 'text' | 'flag' | 'instant' | 'date' | 'intervals' | 'weights' | 'list';
  readonly title?: Words;
  readonly unit?: string;
  /** The only texts it may be; an unknown one is refused. */
  readonly values?: readonly string[];
  readonly default?: string | boolean;
  /** May be absent; the scheme asks with `given`. */
  readonly optional?: boolean;
  readonly unverified?: string;
}

export type InputGroup = 'premises' | 'facts' | 'interruption';
export type InputFiles = Readonly<Record<string, InputFile>>;

/** Values by date: an index, a price list, a base amount. */
export interface SeriesFile {
  readonly unit?: string;
  readonly unverified?: string;
  readonly values: readonly { readonly from: string; readonly value: string; readonly unverified?: string }[];
}

/** Numbers by row and column: per operator, per customer class. */
export interface TableFile {
  readonly unit?: string;
  readonly unverified?: string;
  readonly rows: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface CalendarFile {
  readonly weekend?: readonly number[];
  readonly holidays: readonly string[];
  readonly workdays?: readonly string[];
  /** Name of a fact that lists further holidays. */
  readonly fact?: string;
  readonly from?: string;
  readonly to?: string;
  readonly unverified?: string;
}

/** A scheme as it stands in its file, its shape checked, its expressions not yet (see `compileScheme`). */
export interface SchemeFile {
  readonly id: string;
  readonly title: Words;
  readonly notes?: string;
  readonly source: { readonly title: string; readonly reference: string; readonly unverified?: string };
  /** ISO 4217. */
  readonly currency: string;
  /** IANA name; null: the site's. */
  readonly timeZone: string | null;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly inputs?: Partial<Readonly<Record<InputGroup, InputFiles>>>;
  readonly series?: Readonly<Record<string, SeriesFile>>;
  readonly tables?: Readonly<Record<string, TableFile>>;
  readonly calendars?: Readonly<Record<string, CalendarFile>>;
  /** Expressions with a name, for `use`. */
  readonly definitions?: Readonly<Record<string, Expression>>;
  /** Exclusions with a name, for rules that share them. */
  readonly exemptions?: Readonly<Record<string, ConditionFile>>;
  /** Words for the reasons its rules give. */
  readonly reasons: Readonly<Record<string, Words>>;
  /** Which local date of an interruption decides the version; `start` unless the law says otherwise. */
  readonly versionBy?: 'start' | 'end' | 'assessment';
  readonly versions: readonly SchemeVersionFile[];
}

export interface SchemeVersionFile {
  /** Local dates. `to` is the last day, null is open. */
  readonly from: string;
  readonly to: string | null;
  readonly notes?: string;
  readonly unverified?: string;
  /** Two texts of the law say different things: which one this scheme follows. */
  readonly conflict?: { readonly note: string; readonly chosen: Expression };
  readonly rules: readonly RuleFile[];
  readonly groups?: readonly GroupFile[];
  readonly limits?: readonly LimitFile[];
}

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

/** Told as an `intervals` input of the interruption or a fact of the case, or from one instant to another; without its first instant there is none. */
export interface StopFile {
  readonly reason: string;
  readonly intervals?: string;
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
