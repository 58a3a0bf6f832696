import type { Instant } from '../units/time.ts';

export type Attribution = 'utility' | 'property' | 'owner' | 'third_party' | 'force_majeure';

/** An interruption of the ledger with what people found out about it. */
export interface CaseInterruption {
  readonly id: string;
  readonly from: Instant;
  /** Null: still without supply; measured until `at`. */
  readonly to: Instant | null;
  readonly phases: string;
  readonly momentary: boolean;
  readonly operations: number;
  readonly planned: string | null;
  readonly cause: string | null;
  /** Null: nobody has said yet; a rule that asks for it is refused. */
  readonly attribution: Attribution | null;
  /** What else a scheme may ask about it, by name. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** One premises and what happened to it. */
export interface AssessCase {
  readonly premises: Readonly<Record<string, unknown>>;
  readonly interruptions: readonly CaseInterruption[];
  /** Plain values, or lists of `{from, value}` by local date. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** What the site fixed when it chose the scheme. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The site's zone, for schemes that name none. */
  readonly timeZone: string | null;
  readonly at: Instant;
}

export interface Entitlement {
  readonly rule: string;
  /** Decimal string in the total's currency. */
  readonly amount: string;
  /** Local date; null while supply is not back or where the scheme sets none. */
  readonly due: string | null;
  readonly payer: string;
  readonly payee?: string;
  /** Who bears it in the end, where that is not the payer. */
  readonly recourse?: string;
  /** Paths of what this amount rests on and nobody has verified. */
  readonly unverified?: readonly string[];
}

export interface Assessment {
  readonly entitlements: readonly Entitlement[];
  readonly total: { readonly amount: string; readonly currency: string };
  readonly notOwed: readonly { readonly rule: string; readonly reason: string }[];
  readonly trace: readonly TraceLine[];
  readonly unverified: readonly { readonly path: string; readonly note: string }[];
  readonly refused: readonly { readonly path: string; readonly code: string }[] | null;
}

/** One step. Numbers are exact: a decimal, or `n/d` where there is none. */
export interface TraceLine {
  readonly rule: string;
  /** The period, interruption or `case` it was worked out for. */
  readonly part?: string;
  /** Where in the scheme file the step stands. */
  readonly path: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly value: string;
}
