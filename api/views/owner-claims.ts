import type { OwnerClaimView } from '../../contracts/http/claims.ts';
import { advance, isRefused } from '../../core/claims/advance.ts';
import type { Claim } from '../../core/claims/claim.ts';
import type { ClaimSettings } from '../../core/claims/settings.ts';
import { type Instant, toIso } from '../../core/units/time.ts';
import { shown } from '../claims/money-given.ts';

const TOLD = new Set(['reject', 'dismiss', 'grant', 'reverse']);

export function ownerClaimView(claim: Claim, settings: ClaimSettings, at: Instant): OwnerClaimView {
  const { id, incident, premises, state, minutes, due, needs, unverified, endedAt } = claim;
  const asked = { by: 'owner', at };
  const apply = { ...asked, event: 'apply', date: '' } as const;
  const appeal = { ...asked, event: 'appeal', reason: 'asked' } as const;
  const onApplication =
    settings.submission === 'application' || needs.some(({ code }) => code === 'not_applied');
  return {
    id,
    incident,
    premises,
    state,
    amount: shown(claim.amount_minor, claim.currency),
    minutes,
    due,
    needs: needs.map(({ path, code }) => ({ path, code })),
    unverified: [...unverified],
    reason: claim.steps.findLast(({ event }) => TOLD.has(event))?.reason ?? null,
    endedAt: endedAt === null ? null : toIso(endedAt),
    mayApply: onApplication && !isRefused(advance(claim, apply, settings)),
    mayAppeal: !isRefused(advance(claim, appeal, settings)),
  };
}
