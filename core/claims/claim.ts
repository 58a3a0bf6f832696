import type { Role } from '../ports/people.ts';
import type { Instant } from '../units/time.ts';

export type ClaimState =
  | 'estimated'
  | 'assessed'
  | 'submitted'
  | 'approved'
  | 'rejected'
  | 'paid'
  | 'appealed'
  | 'reversed';

/**
 * supplement: what late data added to a claim already paid. recourse: what it took away; `amount_minor` is negative.
 * grant: what an appeal won on top of what the scheme owes; late data leave it alone.
 */
export type ClaimKind = 'first' | 'supplement' | 'recourse' | 'grant';

/** What one claim is about. `group` is who pays whom: `payer>payee>recourse`, empty where the scheme names nobody. */
export interface ClaimKey {
  readonly incident: string;
  readonly premises: string;
  readonly scheme: string;
  /** `from` of the version of the scheme. */
  readonly version: string;
  readonly group: string;
}

export interface Approval {
  readonly by: string;
  readonly role: Role;
  readonly at: Instant;
}

export interface Appeal {
  readonly by: string;
  readonly at: Instant;
  readonly reason: string;
  /** Where a dismissed appeal leads back to. */
  readonly from: 'rejected' | 'paid';
}

/** One step on its way. Never changed, never removed. */
export interface ClaimStep {
  readonly at: Instant;
  readonly by: string;
  readonly event: string;
  readonly from: ClaimState | null;
  readonly to: ClaimState;
  readonly reason: string | null;
  readonly amount_minor: number;
}

export interface Missing {
  readonly path: string;
  readonly code: string;
}

/** What an assessment says for one key. */
export interface Assessed {
  /** All that is owed for the key, integer minor units of `currency`. */
  readonly total_minor: number;
  readonly currency: string;
  readonly minutes: number;
  /** Local date; null where the scheme sets none. */
  readonly due: string | null;
  readonly payer: string;
  readonly payee: string | null;
  readonly recourse: string | null;
  readonly unverified: readonly string[];
  /** Why no amount could be worked out; empty when it could. */
  readonly needs: readonly Missing[];
  readonly trace: readonly unknown[];
  /** SHA-256 of the interruptions, the scheme's version and its parameters. */
  readonly evidence: string;
}

export interface Claim extends ClaimKey, Omit<Assessed, 'total_minor'> {
  readonly id: string;
  readonly site: string;
  /** 1, then one for each difference of the same key. */
  readonly ordinal: number;
  readonly kind: ClaimKind;
  readonly state: ClaimState;
  readonly amount_minor: number;
  /** `total_minor` of the assessment the amount was worked out from. */
  readonly basis_minor: number;
  /** Class of the premises: outliers are looked for among its like. */
  readonly customerClass: string;
  readonly approvals: readonly Approval[];
  readonly submittedBy: string | null;
  readonly application: { readonly by: string; readonly at: Instant; readonly date: string } | null;
  readonly appeal: Appeal | null;
  /** The payout that pays it; while set, nothing may change the amount. */
  readonly payout: string | null;
  /** Which payment of its incident it was paid with, from 1. */
  readonly payment: number | null;
  /** When supply came back; null while it is away. Windows count from here. */
  readonly endedAt: Instant | null;
  readonly decidedAt: Instant | null;
  readonly steps: readonly ClaimStep[];
  readonly openedAt: Instant;
}

export function keyText({ incident, premises, scheme, version, group }: ClaimKey): string {
  return JSON.stringify([incident, premises, scheme, version, group]);
}

/** Money has left for it, or is under way. */
export function isSettled({ state, payout, appeal, kind }: Claim): boolean {
  if (kind === 'recourse' && state === 'assessed') return true;
  return state === 'paid' || payout !== null || (state === 'appealed' && appeal?.from === 'paid');
}
