import { randomBytes } from 'node:crypto';
import type { Claim } from '../../core/claims/claim.ts';
import type { Instant } from '../../core/units/time.ts';

/** What an appeal won on top of what was paid: submitted by who granted it, so that somebody else must approve. */
export function grantOf(
  paid: Claim,
  amount_minor: number,
  { by, at, reason }: { readonly by: string; readonly at: Instant; readonly reason: string },
): Claim {
  const id = `c-${randomBytes(12).toString('hex')}`;
  return {
    ...paid,
    id,
    // Its own place beside the claims of the scheme, whose ordinals follow from what they are about.
    group: `${paid.group}>${id}`,
    ordinal: 1,
    kind: 'grant',
    state: 'submitted',
    amount_minor,
    basis_minor: amount_minor,
    approvals: [],
    submittedBy: by,
    appeal: null,
    payout: null,
    payment: null,
    decidedAt: null,
    trace: [{ rule: '', path: '', op: 'granted', inputs: [paid.id], value: String(amount_minor) }],
    steps: [{ at, by, event: 'grant', from: null, to: 'submitted', reason, amount_minor }],
    openedAt: at,
  };
}
