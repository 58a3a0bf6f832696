import type { Instant } from '../units/time.ts';

/**
 * fund: money to pay compensation from. owner:<premises>: approved, not yet sent. suspense: sent, not yet booked.
 * paid: arrived. recourse:<who>: what we want back from somebody; recoveries: its counterpart. contributions: what the
 * property company put in, its counterpart.
 */
export type Account =
  | 'fund'
  | 'suspense'
  | 'paid'
  | 'recoveries'
  | 'contributions'
  | `owner:${string}`
  | `recourse:${string}`;

/** Integer minor units; positive where the account holds it or is owed it. */
export interface Posting {
  readonly account: Account;
  readonly amount_minor: number;
}

export type EntryKind =
  | 'contribution'
  | 'approved'
  | 'recourse'
  | 'exported'
  | 'booked'
  | 'failed'
  | 'recovered'
  | 'reversal';

/** One event of money: its postings sum to zero. Never changed; a mistake is reversed by another entry. */
export interface FundEntry {
  readonly site: string;
  /** Unique in the site: the same event is never entered twice. */
  readonly key: string;
  readonly kind: EntryKind;
  readonly at: Instant;
  readonly by: string;
  readonly currency: string;
  readonly claim: string | null;
  /** Evidence hash of the claim; of the receipt's text for what concerns no claim. */
  readonly evidence: string;
  readonly memo: string;
  /** Key of the entry it undoes. */
  readonly reverses: string | null;
  /** The year whose budget it uses or gives back, and how much. */
  readonly year: number;
  readonly budget_minor: number;
  readonly postings: readonly Posting[];
}

export function sumOfPostings(postings: readonly Posting[]): number {
  return postings.reduce((sum, { amount_minor }) => sum + amount_minor, 0);
}

/** Throws on a set that does not sum to zero, or holds no whole amounts: that is always our mistake. */
export function checkedEntry(entry: FundEntry): FundEntry {
  const sound = entry.postings.every(({ amount_minor }) => Number.isSafeInteger(amount_minor));
  if (!sound || entry.postings.length < 2 || sumOfPostings(entry.postings) !== 0) {
    throw new RangeError(`the postings of ${entry.key} do not sum to zero`);
  }
  return entry;
}

/** Postings that move an amount out of one account into another. */
export function moved(from: Account, to: Account, amount_minor: number): readonly Posting[] {
  return [
    { account: from, amount_minor: -amount_minor },
    { account: to, amount_minor },
  ];
}

/** The entry that undoes another, in full and in the same year's budget. */
export function reversalOf(
  entry: FundEntry,
  told: { readonly key: string; readonly at: Instant; readonly by: string; readonly memo: string },
): FundEntry {
  return checkedEntry({
    ...entry,
    ...told,
    kind: 'reversal',
    reverses: entry.key,
    budget_minor: noMinusZero(-entry.budget_minor),
    postings: entry.postings.map(({ account, amount_minor }) => {
      return { account, amount_minor: noMinusZero(-amount_minor) };
    }),
  });
}

function noMinusZero(value: number): number {
  return value === 0 ? 0 : value;
}
