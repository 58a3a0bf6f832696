export interface Words {
  readonly 'zh-CN': string;
  readonly en: string;
}

/** One thing a site fixes when it chooses the scheme. */
export interface Parameter {
  readonly type: 'number' | 'choice' | 'flag';
  readonly title: Words;
  /** For a choice. */
  readonly values?: readonly string[];
  /** A decimal string, one of `values`, or a flag; without one the site must say. */
  readonly default?: string | boolean;
  readonly min?: string;
  readonly max?: string;
  /** Shown next to every amount that rests on the default: what it was taken from and why that is no proof. */
  readonly unverified?: string;
}

/** A scheme as it stands in its file, its shape checked, its expressions not yet (see `compileScheme`). */
export interface SchemeFile {
  readonly id: string;
  readonly title: Words;
  readonly source: { readonly title: string; readonly reference: string; readonly unverified?: string };
  /** ISO 4217. */
  readonly currency: string;
  /** IANA name; null: the site's. */
  readonly timeZone: string | null;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Words for the reasons its rules give. */
  readonly reasons: Readonly<Record<string, Words>>;
  readonly versions: readonly SchemeVersionFile[];
}

export interface SchemeVersionFile {
  /** Local dates; an interruption belongs to the version in force when it began. `to` is the last day, null is open. */
  readonly from: string;
  readonly to: string | null;
  readonly rules: readonly RuleFile[];
}

export interface RuleFile {
  readonly id: string;
  readonly title: Words;
  readonly payer: string;
  /** Read for each interruption, in order; the first that holds takes it out, with its reason. */
  readonly exclude: readonly { readonly if: unknown; readonly reason: string }[];
  readonly clock: ClockFile;
  /** What `amount` is worked out for, one at a time: all counted time of a calendar month, one interruption, or everything. */
  readonly per: 'month' | 'interruption' | 'case';
  readonly steps: readonly { readonly name: string; readonly is: unknown }[];
  readonly amount: unknown;
  /** `at` part: each part is rounded; rule: their exact sum is, once. */
  readonly round: { readonly mode: string; readonly to: string; readonly at: 'part' | 'rule' };
  /** Owed within so many days after supply came back. */
  readonly due: { readonly days: unknown } | null;
  readonly payee: unknown;
}

export interface ClockFile {
  /** Hours at the start of each interruption that do not count. */
  readonly free_h: unknown;
  /** deducted: they never count; threshold: they do once the interruption is longer. */
  readonly free: unknown;
}
