import type { ClaimDetail, ClaimSettingsBody, ClaimView } from '../../contracts/http/claims.ts';
import type { EntryView } from '../../contracts/http/fund.ts';
import { approvalNeeded } from '../../core/claims/approval.ts';
import type { ClaimSettings } from '../../core/claims/settings.ts';
import type { StoredClaim, StoredEntry } from '../../core/ports/money-store.ts';
import { toIso } from '../../core/units/time.ts';
import { shown } from '../claims/money-given.ts';

export function claimView({ claim, version }: StoredClaim, settings: ClaimSettings): ClaimView {
  const { appeal, endedAt } = claim;
  return {
    id: claim.id,
    version,
    incident: claim.incident,
    premises: claim.premises,
    scheme: claim.scheme,
    schemeVersion: claim.version,
    ordinal: claim.ordinal,
    kind: claim.kind,
    state: claim.state,
    amount: shown(claim.amount_minor, claim.currency),
    minutes: claim.minutes,
    due: claim.due,
    payer: claim.payer,
    payee: claim.payee,
    recourse: claim.recourse,
    needs: claim.needs.map(({ path, code }) => ({ path, code })),
    unverified: [...claim.unverified],
    evidence: claim.evidence,
    approvals: claim.approvals.map(({ by, at }) => ({ by, at: toIso(at) })),
    approvalNeeded: { ...approvalNeeded(claim.amount_minor, settings) },
    submittedBy: claim.submittedBy,
    appeal: appeal === null ? null : { at: toIso(appeal.at), reason: appeal.reason, from: appeal.from },
    payout: claim.payout,
    endedAt: endedAt === null ? null : toIso(endedAt),
    openedAt: toIso(claim.openedAt),
  };
}

export function claimDetail(
  stored: StoredClaim,
  settings: ClaimSettings,
  names: ClaimDetail['names'],
): ClaimDetail {
  const { trace, steps, currency } = stored.claim;
  return {
    ...claimView(stored, settings),
    names,
    trace: [...trace],
    steps: steps.map(({ at, by, event, from, to, reason, amount_minor }) => {
      return { at: toIso(at), by, event, from, to, reason, amount: shown(amount_minor, currency) };
    }),
  };
}

export function settingsBody(settings: ClaimSettings, currency: string): ClaimSettingsBody {
  const { submission, applicationDays, appealDays, payers } = settings;
  return {
    submission,
    applicationDays,
    appealDays,
    payers: [...payers],
    singleUpTo: shown(settings.singleUpTo_minor, currency),
    twoUpTo: shown(settings.twoUpTo_minor, currency),
    fundLimit: shown(settings.fundLimit_minor, currency),
    budgets: Object.entries(settings.budgets_minor).map(([year, minor]) => {
      return { year: Number(year), amount: shown(minor, currency) };
    }),
  };
}

export function entryView(entry: StoredEntry): EntryView {
  const { seq, key, kind, at, by, claim, evidence, memo, reverses, postings, currency } = entry;
  return {
    seq,
    key,
    kind,
    at: toIso(at),
    by,
    claim,
    evidence,
    memo,
    reverses,
    postings: postings.map(({ account, amount_minor }) => ({
      account,
      amount: shown(amount_minor, currency),
    })),
  };
}
