import type { ConditionFile, Expression, GroupFile, LimitFile, RuleFile, Words } from './rule.ts';

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
