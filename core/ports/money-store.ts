import type { Claim, ClaimState } from '../claims/claim.ts';
import type { ClaimSettings } from '../claims/settings.ts';
import type { Account, EntryKind, FundEntry } from '../fund/entry.ts';
import type { MessageStage, Owed } from '../notices/notice.ts';
import type { Payout, PayoutBatch, PayoutState } from '../payouts/payout.ts';
import type { Instant } from '../units/time.ts';
import type { AuditEntry } from './people.ts';

export interface StoredClaim {
  readonly claim: Claim;
  /** Grows by one with every change. */
  readonly version: number;
}

/** All that one decision about money changes: kept together or not at all. */
export interface MoneyWrite {
  readonly site: string;
  readonly at: Instant;
  /** Version of the settings it was decided by. */
  readonly settingsVersion: number;
  /** What a client's `Idempotency-Key` names; the answer is kept with it. */
  readonly request: { readonly key: string; readonly fingerprint: string; readonly answer: unknown } | null;
  /** `version` 0: a new claim. */
  readonly claims: readonly StoredClaim[];
  readonly entries: readonly FundEntry[];
  /** What must hold once the entries are in, if they take from the fund. `budget_minor` null: no bound. */
  readonly bounds: {
    readonly limit_minor: number;
    readonly year: number;
    readonly budget_minor: number | null;
  };
  readonly batch: PayoutBatch | null;
  /** `was` null: a new payout. */
  readonly payouts: readonly { readonly payout: Payout; readonly was: PayoutState | null }[];
  readonly audit: readonly AuditEntry[];
  readonly notices: readonly Owed<MessageStage>[];
}

/**
 * repeated: the request's key was used before. conflict: something it was decided on has changed meanwhile; decide anew.
 * fund_limit, budget: the fund or the year's budget does not bear it.
 */
export type MoneyOutcome = 'done' | 'repeated' | 'conflict' | 'fund_limit' | 'budget';

export interface MoneyStore {
  /** One transaction with the head row of the site's fund locked: concurrent decisions come one after another. */
  commit(write: MoneyWrite): Promise<MoneyOutcome>;
  request(
    site: string,
    key: string,
  ): Promise<{ readonly fingerprint: string; readonly answer: unknown } | null>;
  settings(site: string): Promise<{ readonly settings: ClaimSettings; readonly version: number }>;
  /** Rejects with StoreConflict `version_conflict`. */
  putSettings(site: string, settings: ClaimSettings, at: Instant, ifVersion: number): Promise<number>;
}

export interface ClaimQuery {
  readonly site: string;
  readonly states?: readonly ClaimState[];
  readonly incident?: string;
  /** Of any of these. */
  readonly premises?: readonly string[];
  /** Only those that wait for an input. */
  readonly needsInput?: boolean;
  /** Only those that no payout pays yet. */
  readonly unpaidOnly?: boolean;
  /** Returns those opened strictly before (at, id): the cursor of the next page. */
  readonly before?: { readonly at: Instant; readonly id: string };
  readonly limit: number;
}

export interface ClaimStore {
  get(site: string, id: string): Promise<StoredClaim | null>;
  byIds(site: string, ids: readonly string[]): Promise<readonly StoredClaim[]>;
  /** Newest first. */
  list(query: ClaimQuery): Promise<readonly StoredClaim[]>;
  /** By state: how many and how much. */
  totals(
    site: string,
    query?: Pick<ClaimQuery, 'incident' | 'premises' | 'needsInput'>,
  ): Promise<readonly { readonly state: ClaimState; readonly count: number; readonly sum_minor: number }[]>;
  /** Incidents with claims that wait for approval, those with the newest claims first. */
  waiting(
    site: string,
    limit: number,
  ): Promise<readonly { readonly incident: string; readonly count: number; readonly sum_minor: number }[]>;
}

export interface StoredEntry extends FundEntry {
  readonly seq: number;
}

/** What `verify` found: nothing in `faults` when the books hold. */
export interface FundProof {
  readonly entries: number;
  readonly postings: number;
  readonly sum_minor: number;
  readonly faults: readonly { readonly code: string; readonly subject: string }[];
}

export interface FundStore {
  balance(site: string, account: Account): Promise<number>;
  /** The accounts of the house, and owners' balances as one sum. */
  balances(site: string): Promise<readonly { readonly account: string; readonly amount_minor: number }[]>;
  /** Used of the year's budget. */
  used(site: string, year: number): Promise<number>;
  /** Newest first. */
  entries(
    site: string,
    query: {
      readonly claim?: string;
      readonly kind?: EntryKind;
      /** Only those with a posting to it. */
      readonly account?: string;
      readonly before?: number;
      readonly limit: number;
    },
  ): Promise<readonly StoredEntry[]>;
  entry(site: string, key: string): Promise<StoredEntry | null>;
  /**
   * Recomputes everything from the postings: each entry and all together sum to zero, balances and budgets are the sums of
   * their lines, every claim has the money its state says, once.
   */
  verify(site: string): Promise<FundProof>;
}

export interface BankAccount {
  readonly person: string;
  readonly holder: string;
  readonly bank: string;
  readonly number: string;
}

export interface PayoutStore {
  /** Newest first. */
  batches(
    site: string,
    query: { readonly before?: { readonly at: Instant; readonly id: string }; readonly limit: number },
  ): Promise<readonly PayoutBatch[]>;
  batch(site: string, id: string): Promise<PayoutBatch | null>;
  /** By id. */
  payouts(site: string, batch: string): Promise<readonly Payout[]>;
  /** How many payouts of each batch stand where. */
  states(
    site: string,
    batches: readonly string[],
  ): Promise<readonly { readonly batch: string; readonly state: PayoutState; readonly count: number }[]>;
  /** Owner of each premises, as far as known. */
  owners(
    site: string,
    premises: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly person: string; readonly phone: string | null }>>;
  accounts(site: string, persons: readonly string[]): Promise<ReadonlyMap<string, BankAccount>>;
  putAccount(site: string, account: BankAccount, at: Instant): Promise<void>;
}
