import type { Claim, ClaimStep } from '../claims/claim.ts';
import type { Instant } from '../units/time.ts';
import { checkedEntry, type FundEntry, moved, type Posting } from './entry.ts';

/**
 * The entries that the steps of a claim since `before` make. None where no money moves.
 *
 * @param yearOf The budget year of an instant, by the site's calendar.
 */
export function entriesOfClaim(
  before: Claim | null,
  after: Claim,
  yearOf: (at: Instant) => number,
): readonly FundEntry[] {
  const from = before?.steps.length ?? 0;
  return after.steps
    .slice(from)
    .flatMap((step, i) => entryOf(after, before, step, from + i + 1, yearOf) ?? []);
}

function entryOf(
  claim: Claim,
  before: Claim | null,
  step: ClaimStep,
  ordinal: number,
  yearOf: (at: Instant) => number,
): FundEntry | null {
  const { amount_minor, state } = before ?? claim;
  const entry = (
    kind: FundEntry['kind'],
    postings: readonly Posting[],
    budget_minor = 0,
    reverses: string | null = null,
    at = step.at,
  ) =>
    checkedEntry({
      site: claim.site,
      key: stepKey(claim.id, ordinal),
      kind,
      at: step.at,
      by: step.by,
      currency: claim.currency,
      claim: claim.id,
      evidence: claim.evidence,
      memo: step.reason ?? '',
      reverses,
      year: yearOf(at),
      budget_minor,
      postings,
    });
  if (step.event === 'approve') return entry('approved', approvedPostings(claim), claim.amount_minor);
  if (state === 'approved' && before !== null && (step.event === 'renew' || step.event === 'reverse')) {
    if (step.from !== 'approved') return null;
    const postings = approvedPostings(before).map(({ account, amount_minor: held }) => {
      return { account, amount_minor: -held };
    });
    const approval = before.steps.findLastIndex(({ event }) => event === 'approve');
    const approvedAt = before.steps[approval]?.at ?? step.at;
    return entry('reversal', postings, -amount_minor, stepKey(claim.id, approval + 1), approvedAt);
  }
  if (step.event === 'reverse' && step.from === 'paid') {
    return entry('recourse', moved('recoveries', `recourse:owner:${claim.premises}`, amount_minor));
  }
  if (step.event === 'assess' && claim.kind === 'recourse') {
    return entry('recourse', moved('recoveries', `recourse:owner:${claim.premises}`, -claim.amount_minor));
  }
  return null;
}

/** Who bears it in the end owes it to the fund from the moment it is approved. */
function approvedPostings({ premises, amount_minor, recourse }: Claim): readonly Posting[] {
  const own = moved('fund', `owner:${premises}`, amount_minor);
  return recourse === null ? own : [...own, ...moved('recoveries', `recourse:${recourse}`, amount_minor)];
}

function stepKey(claim: string, ordinal: number): string {
  return `${claim}/${ordinal}`;
}
