import type { Claim } from '../claims/claim.ts';
import type { Payout } from '../payouts/payout.ts';
import type { Instant } from '../units/time.ts';
import { type Account, checkedEntry, type FundEntry, moved } from './entry.ts';

const WAY: Readonly<
  Record<'exported' | 'booked' | 'failed', (premises: string) => readonly [Account, Account]>
> = {
  exported: (premises) => [`owner:${premises}`, 'suspense'],
  booked: () => ['suspense', 'paid'],
  failed: (premises) => ['suspense', `owner:${premises}`],
};

/** The entry of one payment that left, arrived or came back. Its key holds the payout's id: it happens once. */
export function entryOfPayout(
  { id, amount_minor, premises, receipt, reason }: Payout,
  claim: Pick<Claim, 'id' | 'site' | 'currency' | 'evidence'>,
  kind: keyof typeof WAY,
  told: { readonly at: Instant; readonly by: string; readonly year: number },
): FundEntry {
  const [from, to] = WAY[kind](premises);
  return checkedEntry({
    site: claim.site,
    key: `${id}/${kind}`,
    kind,
    at: told.at,
    by: told.by,
    currency: claim.currency,
    claim: claim.id,
    evidence: claim.evidence,
    memo: receipt ?? reason ?? '',
    reverses: null,
    year: told.year,
    budget_minor: 0,
    postings: moved(from, to, amount_minor),
  });
}
