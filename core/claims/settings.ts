/** What a site has decided about claims and its fund. Amounts in minor units of the site's currency. */
export interface ClaimSettings {
  /** automatic: submitted when supply is back; application: when the owner asks for it within `applicationDays`. */
  readonly submission: 'automatic' | 'application';
  /** From the return of supply. */
  readonly applicationDays: number;
  /** From the decision or the payment. */
  readonly appealDays: number;
  /** Up to here one person approves. */
  readonly singleUpTo_minor: number;
  /** Up to here two different persons; above, one of the two must be an administrator. */
  readonly twoUpTo_minor: number;
  /** Payers of the scheme that this fund pays for. */
  readonly payers: readonly string[];
  /** The fund never goes below. */
  readonly fundLimit_minor: number;
  /** What may be approved in a calendar year of the site; a year without an entry has no bound but the fund. */
  readonly budgets_minor: Readonly<Record<string, number>>;
}

export const CLAIM_DEFAULTS: ClaimSettings = {
  submission: 'automatic',
  applicationDays: 30,
  appealDays: 15,
  singleUpTo_minor: 20_000,
  twoUpTo_minor: 500_000,
  payers: ['property'],
  fundLimit_minor: 0,
  budgets_minor: {},
};
