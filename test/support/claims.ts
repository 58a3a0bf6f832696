import type { Claim } from '../../core/claims/claim.ts';
import type { MoneyWrite } from '../../core/ports/money-store.ts';

export const CLAIMS_AT = Date.parse('2026-03-01T00:00:00Z');

/** A submitted claim of 14.48 for one premises. */
export function claimOf(over: Partial<Claim> = {}): Claim {
  const { premises = '1', incident = 'i1', ordinal = 1, site = 's1' } = over;
  return {
    id: `c-${incident}-${premises}-${ordinal}`,
    site,
    incident,
    premises,
    scheme: 'property-fee',
    version: '2026-01-01',
    group: 'property>>',
    ordinal,
    kind: 'first',
    state: 'submitted',
    amount_minor: 1_448,
    basis_minor: 1_448,
    currency: 'CNY',
    minutes: 600,
    due: null,
    payer: 'property',
    payee: null,
    recourse: null,
    unverified: [],
    needs: [],
    trace: [],
    evidence: 'e'.repeat(64),
    customerClass: 'residential',
    approvals: [],
    submittedBy: 'settlement',
    application: null,
    appeal: null,
    payout: null,
    payment: null,
    endedAt: CLAIMS_AT,
    decidedAt: null,
    steps: [
      {
        at: CLAIMS_AT,
        by: 'settlement',
        event: 'submit',
        from: 'assessed',
        to: 'submitted',
        reason: null,
        amount_minor: 1_448,
      },
    ],
    openedAt: CLAIMS_AT,
    ...over,
  };
}

export function moneyWrite(site: string, over: Partial<MoneyWrite> = {}): MoneyWrite {
  return {
    site,
    at: CLAIMS_AT,
    settingsVersion: 0,
    request: null,
    claims: [],
    entries: [],
    bounds: { limit_minor: 0, year: 2026, budget_minor: null },
    batch: null,
    payouts: [],
    audit: [],
    notices: [],
    ...over,
  };
}
