import { describe, expect, it } from 'vitest';
import { advance, approve, isRefused } from '../../../core/claims/advance.ts';
import type { Claim, ClaimState } from '../../../core/claims/claim.ts';
import type { ClaimCommand } from '../../../core/claims/command.ts';
import { outliersOf } from '../../../core/claims/outliers.ts';
import { reconcileClaims } from '../../../core/claims/reconcile.ts';
import type { Finding } from '../../../core/claims/renew.ts';
import { CLAIM_DEFAULTS, type ClaimSettings } from '../../../core/claims/settings.ts';
import { TRANSITIONS } from '../../../core/claims/transitions.ts';
import { entriesOfClaim } from '../../../core/fund/entries-of-claim.ts';
import { sumOfPostings } from '../../../core/fund/entry.ts';
import type { Role } from '../../../core/ports/people.ts';
import { CLAIMS_AT, claimOf } from '../../support/claims.ts';

const STATES: readonly ClaimState[] = [
  'estimated',
  'assessed',
  'submitted',
  'approved',
  'rejected',
  'paid',
  'appealed',
  'reversed',
];
const DAY = 86_400_000;
const AT = CLAIMS_AT;

function moved(claim: Claim, command: ClaimCommand, settings: ClaimSettings = CLAIM_DEFAULTS): Claim {
  const next = advance(claim, command, settings);
  if (isRefused(next)) throw new Error(next.refused);
  return next;
}

function refusal(
  claim: Claim,
  command: ClaimCommand,
  settings: ClaimSettings = CLAIM_DEFAULTS,
): string | null {
  const next = advance(claim, command, settings);
  return isRefused(next) ? next.refused : null;
}

function approvedBy(claim: Claim, ...people: readonly (readonly [string, Role])[]): Claim | string {
  let now = claim;
  for (const [by, role] of people) {
    const next = approve(now, { by, role, at: AT }, CLAIM_DEFAULTS);
    if (isRefused(next)) return next.refused;
    now = next;
  }
  return now;
}

const stateOf = (outcome: Claim | string) => (typeof outcome === 'string' ? outcome : outcome.state);

describe('a claim', () => {
  it('takes no step from a state the table does not name', () => {
    for (const state of STATES) {
      for (const [event, { from }] of Object.entries(TRANSITIONS)) {
        if (from.includes(state)) continue;
        const command = {
          event,
          by: 'u1',
          at: AT,
          role: 'admin',
          reason: 'r',
          payout: 'p',
        } as unknown as ClaimCommand;
        expect([event, state, refusal(claimOf({ state }), command)]).toEqual([event, state, 'wrong_state']);
      }
    }
  });

  it('is approved by one person below the limit, by two above, with an administrator above the next', () => {
    const small = claimOf({ amount_minor: 20_000 });
    const middle = claimOf({ amount_minor: 20_001 });
    const large = claimOf({ amount_minor: 500_001 });
    expect(stateOf(approvedBy(small, ['u1', 'finance']))).toBe('approved');
    expect(stateOf(approvedBy(middle, ['u1', 'admin']))).toBe('submitted');
    expect(stateOf(approvedBy(middle, ['u1', 'finance'], ['u2', 'finance']))).toBe('approved');
    expect(stateOf(approvedBy(middle, ['u1', 'finance'], ['u1', 'finance']))).toBe('approved_already');
    expect(stateOf(approvedBy(large, ['u1', 'finance'], ['u2', 'manager']))).toBe('submitted');
    expect(stateOf(approvedBy(large, ['u1', 'finance'], ['u2', 'manager'], ['u3', 'admin']))).toBe(
      'approved',
    );
    expect(stateOf(approvedBy(claimOf({ submittedBy: 'u1' }), ['u1', 'admin']))).toBe('own_submission');
  });

  it('is applied for within its window, once', () => {
    const settings: ClaimSettings = { ...CLAIM_DEFAULTS, submission: 'application', applicationDays: 30 };
    const claim = claimOf({ state: 'assessed', submittedBy: null });
    const apply = (at: number) => ({ event: 'apply', by: 'o1', at, date: '2026-03-02' }) as const;
    expect(refusal(claim, { event: 'submit', by: 'u1', at: AT }, settings)).toBe('not_applied');
    expect(refusal(claim, apply(AT + 30 * DAY + 1), settings)).toBe('application_late');
    const applied = moved(claim, apply(AT + 30 * DAY), settings);
    expect(refusal(applied, apply(AT), settings)).toBe('applied_already');
    expect(moved(applied, { event: 'submit', by: 'o1', at: AT }, settings).state).toBe('submitted');
  });

  it('is appealed against once, in time and with reasons, and decided by others', () => {
    const rejected = moved(claimOf(), { event: 'reject', by: 'u1', at: AT, reason: 'no outage here' });
    const appeal = { event: 'appeal', by: 'o1', at: AT + 15 * DAY, reason: 'there was' } as const;
    expect(refusal(claimOf(), { event: 'reject', by: 'u1', at: AT, reason: ' ' })).toBe('reason_missing');
    expect(refusal(rejected, { ...appeal, at: AT + 15 * DAY + 1 })).toBe('appeal_late');
    const appealed = moved(rejected, appeal);
    expect(refusal(appealed, { event: 'dismiss', by: 'o1', at: AT, reason: 'x' })).toBe('own_appeal');
    expect(stateOf(approvedBy(appealed, ['u2', 'finance']))).toBe('approved');
    const dismissed = moved(appealed, { event: 'dismiss', by: 'u2', at: AT, reason: 'checked' });
    expect(dismissed.state).toBe('rejected');
    expect(refusal(dismissed, appeal)).toBe('appealed_already');
  });

  it('that was paid is never approved again by an appeal', () => {
    const paid = claimOf({ state: 'paid', payout: 'p-1' });
    const appealed = moved(paid, { event: 'appeal', by: 'o1', at: AT, reason: 'more' });
    expect(stateOf(approvedBy(appealed, ['u2', 'admin']))).toBe('paid_already');
    expect(moved(appealed, { event: 'grant', by: 'u2', at: AT, reason: 'right' }).state).toBe('paid');
  });
});

describe('a new assessment', () => {
  const key = {
    incident: 'i1',
    premises: '1',
    scheme: 'property-fee',
    version: '2026-01-01',
    group: 'property>>',
  };
  const finding = (total_minor: number, over: Partial<Finding['assessed']> = {}): Finding => ({
    site: 's1',
    key,
    customerClass: 'residential',
    endedAt: AT,
    assessed: {
      total_minor,
      currency: 'CNY',
      minutes: 600,
      due: null,
      payer: 'property',
      payee: null,
      recourse: null,
      unverified: [],
      needs: [],
      trace: [],
      evidence: String(total_minor),
      ...over,
    },
  });
  const again = (known: readonly Claim[], ...findings: readonly Finding[]) =>
    reconcileClaims(known, findings, CLAIM_DEFAULTS, AT, (of, ordinal) => `c-${of.group}-${ordinal}`);
  const [first = claimOf()] = again([], finding(1_448));
  const paid: Claim = { ...first, state: 'paid', payout: 'p-1' };

  it('opens one claim and, the same again, changes nothing', () => {
    expect(first).toMatchObject({ state: 'submitted', amount_minor: 1_448, kind: 'first', ordinal: 1 });
    expect(again([first], finding(1_448))).toEqual([]);
    expect(again([paid], finding(1_448))).toEqual([]);
  });

  it('renews what is not paid, and its approval with it', () => {
    const approved = approvedBy(first, ['u1', 'finance']);
    if (typeof approved === 'string') throw new Error(approved);
    const [renewed = first] = again([approved], finding(2_000));
    expect(renewed).toMatchObject({ id: first.id, state: 'submitted', amount_minor: 2_000, approvals: [] });
    const entries = entriesOfClaim(approved, renewed, () => 2026);
    expect(entries).toMatchObject([{ kind: 'reversal', budget_minor: -1_448 }]);
    expect(entries[0]?.postings).toContainEqual({ account: 'fund', amount_minor: 1_448 });
  });

  it('adds a supplement to what was paid, and then only what moved', () => {
    const [more = first] = again([paid], finding(2_000));
    expect(more).toMatchObject({ kind: 'supplement', ordinal: 2, amount_minor: 552, state: 'submitted' });
    expect(again([paid, { ...more, state: 'paid', payout: 'p-2' }], finding(2_000))).toEqual([]);
  });

  it('notes a recourse when too much was paid, in a claim of its own', () => {
    const [less = first] = again([paid], finding(1_000));
    expect(less).toMatchObject({ kind: 'recourse', amount_minor: -448, state: 'assessed' });
    const [entry] = entriesOfClaim(null, less, () => 2026);
    expect(entry?.postings).toEqual([
      { account: 'recoveries', amount_minor: -448 },
      { account: 'recourse:owner:1', amount_minor: 448 },
    ]);
    expect(again([paid, less], finding(1_000))).toEqual([]);
    expect(again([paid, less], finding(1_448))).toMatchObject([
      { kind: 'supplement', amount_minor: 448, ordinal: 3 },
    ]);
  });

  it('takes an unpaid supplement back before it notes a recourse', () => {
    const [more = first] = again([paid], finding(2_000));
    const changes = again([paid, more], finding(1_000));
    expect(changes).toMatchObject([
      { id: more.id, state: 'reversed' },
      { kind: 'recourse', amount_minor: -448, ordinal: 3 },
    ]);
  });

  it('leaves what was rejected rejected, until the data under it change', () => {
    const rejected = moved(first, { event: 'reject', by: 'u1', at: AT, reason: 'no' });
    expect(again([rejected], finding(1_448))).toEqual([]);
    expect(again([rejected], finding(2_000))).toMatchObject([
      { ordinal: 2, amount_minor: 2_000, state: 'submitted' },
    ]);
  });

  it('loses no refused assessment: it waits with the reason and becomes the claim once it can', () => {
    const needs = [{ path: 'premises/area_m2', code: 'missing_input' }];
    const unknown = { ...finding(0, { needs }), key: { ...key, group: '' } };
    const [waits = first] = again([], unknown);
    expect(waits).toMatchObject({ state: 'estimated', needs, amount_minor: 0 });
    expect(again([waits], unknown)).toEqual([]);
    expect(again([waits], finding(1_448))).toMatchObject([
      { id: waits.id, state: 'submitted', amount_minor: 1_448, needs: [] },
    ]);
  });

  it('that owes nothing any more takes back what is unpaid', () => {
    expect(again([first])).toMatchObject([{ id: first.id, state: 'reversed' }]);
    expect(again([paid])).toMatchObject([{ kind: 'recourse', amount_minor: -1_448 }]);
  });

  it('waits for supply to be back', () => {
    const running = { ...finding(500), endedAt: null };
    const [estimated = first] = again([], running);
    expect(estimated.state).toBe('estimated');
    const [grown = first] = again([estimated], { ...finding(700), endedAt: null });
    const [grownMore = first] = again([grown], { ...finding(900), endedAt: null });
    expect(grownMore.steps).toHaveLength(2);
    expect(again([grownMore], finding(1_448))).toMatchObject([{ state: 'submitted', amount_minor: 1_448 }]);
  });
});

describe('outliers', () => {
  it('stand out of their own class, or last longer than their incident', () => {
    const normal = Array.from({ length: 9 }, (_, i) => claimOf({ premises: String(i), amount_minor: 100 }));
    const dear = claimOf({ premises: 'dear', amount_minor: 301 });
    const shop = claimOf({ premises: 'shop', amount_minor: 5_000, customerClass: 'shop' });
    const long = claimOf({ premises: 'long', amount_minor: 100, minutes: 602 });
    const found = outliersOf([...normal, dear, shop, long], 600);
    expect([...found]).toEqual([
      [dear.id, ['amount_above_class']],
      [long.id, ['minutes_beyond_incident']],
    ]);
  });
});

describe('postings', () => {
  it('of every way through the table sum to zero, whatever bears it', () => {
    for (const recourse of [null, 'utility']) {
      const claim = claimOf({ recourse });
      const approved = approvedBy(claim, ['u1', 'finance']);
      if (typeof approved === 'string') throw new Error(approved);
      const reversed = moved(approved, { event: 'reverse', by: 'u2', at: AT, reason: 'r' });
      const all = [
        ...entriesOfClaim(claim, approved, () => 2026),
        ...entriesOfClaim(approved, reversed, () => 2026),
      ];
      expect(all).toHaveLength(2);
      for (const { postings } of all) expect(sumOfPostings(postings)).toBe(0);
      const byAccount = new Map<string, number>();
      for (const { account, amount_minor } of all.flatMap(({ postings }) => postings))
        byAccount.set(account, (byAccount.get(account) ?? 0) + amount_minor);
      expect([...byAccount.values()].every((sum) => sum === 0)).toBe(true);
    }
  });
});
