import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Claim } from '../../core/claims/claim.ts';
import { TRANSITIONS } from '../../core/claims/transitions.ts';
import { money, moneyText } from '../../core/units/money.ts';
import { claimOf } from '../support/claims.ts';
import { type ClaimsWorld, openClaimsWorld } from '../support/claims-world.ts';

/** What anybody may try at any time. `lost`: the answer is lost, as by a kill, and the request is repeated with its key. */
interface Try {
  readonly who: 'finance' | 'finance2' | 'manager' | 'admin';
  readonly what: string;
  readonly claim: number;
  readonly lost: boolean;
}

const CLAIMS = 4;
const CAP = 60_000;
const WHAT = [
  'approve',
  'reject',
  'reverse',
  'appeal',
  'dismiss',
  'grant',
  'submit',
  'pay',
  'fail',
  'cancel',
  'fund',
];

const tries: fc.Arbitrary<Try> = fc.record({
  who: fc.constantFrom('finance', 'finance2', 'manager', 'admin'),
  what: fc.constantFrom(...WHAT, 'approve', 'approve', 'pay'),
  claim: fc.nat(CLAIMS - 1),
  lost: fc.boolean(),
});

let world: ClaimsWorld;
beforeAll(async () => {
  world = await openClaimsWorld();
});
afterAll(() => world.close());

let round = 0;

/** Every claim of the round, with amounts on both sides of the limits of one and of two persons. */
async function newClaims(): Promise<readonly Claim[]> {
  round += 1;
  const amounts = [1_448, 20_000, 20_001, 500_001];
  const claims = amounts.map((amount_minor, i) =>
    claimOf({
      premises: `${round}-${i}`,
      amount_minor,
      submittedBy: i === 0 ? world.hands.finance.user.id : 'settlement',
    }),
  );
  await world.put(...claims);
  return claims;
}

async function act({ who, what, claim: index, lost }: Try, claims: readonly Claim[]): Promise<void> {
  const by = world.hands[who];
  const id = claims[index]?.id ?? '';
  const again = async (path: string, body: object = {}) => {
    const key = world.newKey();
    const first = await world.post(by, path, body, key);
    if (!lost) return first;
    const second = await world.post(by, path, body, key);
    // What was done is answered as done; what was refused may be possible by now.
    if (first.status === 200) expect(second.status).toBe(200);
    return second;
  };
  if (what === 'fund') await again('fund/contributions', world.fund('150.00'));
  else if (what === 'approve' || what === 'submit') await again(`claims/${id}/${what}`);
  else if (what === 'grant')
    await again(`claims/${id}/grant`, { reason: 'r', amount: moneyText(money(100, 'CNY')) });
  else if (what === 'pay' || what === 'fail' || what === 'cancel') await pay(id, what, again);
  else await again(`claims/${id}/${what}`, { reason: 'because' });
}

async function pay(
  claim: string,
  what: 'pay' | 'fail' | 'cancel',
  again: (path: string, body?: object) => Promise<{ status: number; body: { batch: string } }>,
): Promise<void> {
  const method = what === 'fail' ? 'property-fee-bill' : 'manual';
  const prepared = await again('payouts', { method, claims: [claim] });
  if (prepared.status !== 200) return;
  const { batch } = prepared.body;
  if (what === 'cancel') {
    await again(`payouts/${batch}/cancel`);
    return;
  }
  await again(`payouts/${batch}/export`);
  if (what === 'pay') {
    await again(`payouts/${batch}/book`, { payouts: [{ id: `${batch}-0001`, receipt: 'R' }] });
    return;
  }
  const url = `/api/v1/sites/s1/payouts/${batch}/file?format=csv`;
  const file = await world.ask({ by: world.hands.finance, method: 'GET', url });
  const csv = file.rawPayload.toString('utf8').replace(/,CNY,,,/g, ',CNY,failed,,moved');
  await again(`payouts/${batch}/result`, {
    format: 'csv',
    content_base64: Buffer.from(csv).toString('base64'),
  });
}

/** Two different persons, none of whom submitted it, stand behind every amount above the limit that left. */
function expectPersons(claim: Claim): void {
  if (!['approved', 'paid'].includes(claim.state)) return;
  const persons = new Set(claim.approvals.map(({ by }) => by));
  expect(persons.size).toBe(claim.approvals.length);
  expect(persons.has(claim.submittedBy ?? '')).toBe(false);
  expect(persons.size).toBeGreaterThanOrEqual(claim.amount_minor > 20_000 ? 2 : 1);
  if (claim.amount_minor > 500_000) expect(claim.approvals.some(({ role }) => role === 'admin')).toBe(true);
}

function expectWay({ steps }: Claim): void {
  for (const { event, from, to } of steps.slice(1)) {
    const transition = TRANSITIONS[event as keyof typeof TRANSITIONS];
    expect(from).not.toBeNull();
    if (from !== null) expect(transition.from).toContain(from);
    const targets: readonly (string | null)[] =
      transition.to === 'same'
        ? [from]
        : transition.to === 'before_appeal'
          ? ['rejected', 'paid']
          : [transition.to];
    expect(targets).toContain(to);
  }
}

it('whatever is tried, in whatever order, repeated or not: the books sum to zero and every rule holds', async () => {
  const { auditor, admin, finance } = world.hands;
  const { settings, version } = (await world.get(auditor, 'claim-settings')).body;
  const budgets = [{ year: 2026, amount: moneyText(money(CAP, 'CNY')) }];
  await world.ask({
    by: admin,
    method: 'PUT',
    url: '/api/v1/sites/s1/claim-settings',
    headers: { 'if-match': `"${version}"` },
    payload: { ...settings, fundLimit: moneyText(money(5_000, 'CNY')), budgets },
  });
  await world.post(finance, 'fund/contributions', world.fund('400.00'));
  await fc.assert(
    fc.asyncProperty(fc.array(tries, { minLength: 5, maxLength: 25 }), async (list) => {
      // The limits on requests are not the matter here.
      world.now.mono += 60_000;
      const claims = await newClaims();
      for (const one of list) await act(one, claims);
      const { faults, sum_minor } = await world.stores.fund.verify('s1');
      expect({ faults, sum_minor }).toEqual({ faults: [], sum_minor: 0 });
      expect(await world.stores.fund.balance('s1', 'fund')).toBeGreaterThanOrEqual(5_000);
      expect(await world.stores.fund.used('s1', 2026)).toBeLessThanOrEqual(CAP);
      const stored = await world.stores.claims.byIds(
        's1',
        claims.map(({ id }) => id),
      );
      expect(stored).toHaveLength(CLAIMS);
      for (const { claim } of stored) {
        expectPersons(claim);
        expectWay(claim);
      }
    }),
    { numRuns: 12 },
  );
  expect(await world.stores.audit.verify('s1')).toBeNull();
});
