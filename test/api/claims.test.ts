import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOwnerClaims } from '../../api/claims/owner-claims.ts';
import type { Context } from '../../api/context.ts';
import { createCreditSource } from '../../cli/parts/credit-source.ts';
import { ownerToken } from '../../core/notices/owner-link.ts';
import type { Hand } from '../support/api-world.ts';
import { claimOf } from '../support/claims.ts';
import { type ClaimsWorld, openClaimsWorld } from '../support/claims-world.ts';

const CNY = (amount: string) => ({ amount, currency: 'CNY' });

let world: ClaimsWorld;
beforeEach(async () => {
  world = await openClaimsWorld();
});
afterEach(() => world.close());

const proof = async () => (await world.get(world.hands.auditor, 'fund/proof')).body;

describe('a claim over the API', () => {
  it('is approved by two persons above the limit, and the fund holds it', async () => {
    const { finance, finance2, auditor } = world.hands;
    await world.put(claimOf({ amount_minor: 30_000 }));
    await world.post(finance, 'fund/contributions', world.fund());
    const once = await world.post(finance, 'claims/c-i1-1-1/approve');
    expect(once).toMatchObject({ status: 200, body: { state: 'submitted', approvalNeeded: { persons: 2 } } });
    const twice = await world.post(finance, 'claims/c-i1-1-1/approve');
    expect(twice).toMatchObject({
      status: 409,
      body: { code: 'claim_refused', errors: [{ code: 'approved_already' }] },
    });
    expect(await world.post(auditor, 'claims/c-i1-1-1/approve')).toMatchObject({ status: 403 });
    expect(await world.post(finance2, 'claims/c-i1-1-1/approve')).toMatchObject({
      body: { state: 'approved' },
    });
    const fund = (await world.get(auditor, 'fund')).body;
    expect(fund).toMatchObject({ used: CNY('300.00'), forecast: { after: CNY('700.00') } });
    expect(fund.balances).toContainEqual({ account: 'owners', balance: CNY('300.00') });
    expect(await proof()).toMatchObject({ holds: true, sum: CNY('0.00') });
    expect(await world.stores.audit.verify('s1')).toBeNull();
  });

  it('repeated with its key is done once; the key for something else is refused', async () => {
    const { finance } = world.hands;
    const key = world.newKey();
    for (let i = 0; i < 3; i++) await world.post(finance, 'fund/contributions', world.fund(), key);
    expect(await world.stores.fund.balance('s1', 'fund')).toBe(100_000);
    const other = await world.post(finance, 'fund/contributions', world.fund('5.00'), key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('is edited on the version that was read, or not', async () => {
    const { finance, auditor } = world.hands;
    await world.put(claimOf());
    const url = '/api/v1/sites/s1/claims/c-i1-1-1/reject';
    const payload = { reason: 'no outage here' };
    const stale = await world.ask({
      by: finance,
      method: 'POST',
      url,
      payload,
      headers: { 'if-match': '"9"' },
    });
    expect(stale.statusCode).toBe(412);
    const fresh = await world.ask({
      by: finance,
      method: 'POST',
      url,
      payload,
      headers: { 'if-match': '"1"' },
    });
    expect(fresh.json()).toMatchObject({ state: 'rejected' });
    const seen = (await world.get(auditor, 'claims/c-i1-1-1')).body;
    expect(seen.steps.at(-1)).toMatchObject({
      event: 'reject',
      by: finance.user.id,
      reason: 'no outage here',
    });
  });

  it('is not approved when the fund does not bear it; nothing is then changed', async () => {
    const { finance } = world.hands;
    await world.put(claimOf());
    expect(await world.post(finance, 'claims/c-i1-1-1/approve')).toMatchObject({
      status: 409,
      body: { code: 'fund_limit' },
    });
    expect((await world.stores.claims.get('s1', 'c-i1-1-1'))?.claim.state).toBe('submitted');
    expect(await world.stores.audit.list('s1', { limit: 5 })).toEqual([]);
  });
});

describe('the claims of an incident', () => {
  it('are approved at once but for the outliers, as the preview said or not at all', async () => {
    const { finance } = world.hands;
    await world.put(
      ...world.claims(20, { amount_minor: 1_000 }),
      claimOf({ premises: 'dear', amount_minor: 9_000 }),
    );
    await world.post(finance, 'fund/contributions', world.fund());
    const preview = (await world.get(finance, 'incidents/i1/claims/preview')).body;
    expect(preview).toMatchObject({
      count: 21,
      total: CNY('290.00'),
      ordinary: { count: 20, total: CNY('200.00') },
    });
    expect(preview.outliers).toMatchObject([{ premises: 'dear', reasons: ['amount_above_class'] }]);
    const wrong = { expect: { count: 21, total: CNY('290.00') } };
    expect(await world.post(finance, 'incidents/i1/claims/approve', wrong)).toMatchObject({
      status: 409,
      body: { code: 'claims_changed' },
    });
    const key = world.newKey();
    const right = { expect: preview.ordinary };
    const first = await world.post(finance, 'incidents/i1/claims/approve', right, key);
    expect(first).toMatchObject({ status: 200, body: { approved: 20, endorsed: 0, skipped: [] } });
    expect(await world.post(finance, 'incidents/i1/claims/approve', right, key)).toEqual(first);
    expect(await world.stores.fund.balance('s1', 'fund')).toBe(100_000 - 20_000);
    const left = (await world.get(finance, 'incidents/i1/claims/preview')).body;
    expect(left).toMatchObject({ count: 1, ordinary: { count: 0 }, outliers: [{ premises: 'dear' }] });
    expect(await proof()).toMatchObject({ holds: true });
  });
});

describe('the queue of claims', () => {
  it('is counted by state whatever is shown, within a building, and says which incidents wait', async () => {
    const { finance, engineer } = world.hands;
    await world.put(
      ...world.claims(2, { amount_minor: 1_000 }),
      claimOf({ premises: 'elsewhere', incident: 'i2', state: 'assessed', submittedBy: null }),
    );
    const all = (await world.get(finance, 'claims?state=assessed')).body;
    expect(all.items).toHaveLength(1);
    expect(all.totals).toEqual([
      { state: 'assessed', count: 1, total: CNY('14.48') },
      { state: 'submitted', count: 2, total: CNY('20.00') },
    ]);
    const inside = (await world.get(finance, 'claims?building=7')).body;
    expect(inside.items.map(({ premises }: { premises: string }) => premises).toSorted()).toEqual(['1', '2']);
    expect(inside.totals).toHaveLength(1);
    expect((await world.get(finance, 'claims?building=8')).body).toMatchObject({ items: [], totals: [] });
    expect((await world.get(finance, 'claims-waiting')).body.items).toEqual([
      { incident: 'i1', count: 2, total: CNY('20.00') },
    ]);
    expect((await world.get(engineer, 'claims-waiting')).status).toBe(403);
  });

  it('names the people of a claim, and of the entries it led to', async () => {
    const { finance } = world.hands;
    await world.put(claimOf());
    await world.post(finance, 'fund/contributions', world.fund());
    const approved = (await world.post(finance, 'claims/c-i1-1-1/approve')).body;
    expect(approved.names).toEqual({ [finance.user.id]: finance.user.name });
    const entries = (await world.get(finance, 'fund/entries?account=owner:1')).body;
    expect(entries.items.map(({ kind }: { kind: string }) => kind)).toEqual(['approved']);
    expect(entries.names).toEqual({ [finance.user.id]: finance.user.name });
  });
});

describe('payouts', () => {
  async function approvedBatch(method: string, count = 3): Promise<string> {
    const { finance } = world.hands;
    await world.put(...world.claims(count));
    await world.post(finance, 'fund/contributions', world.fund());
    const { ordinary } = (await world.get(finance, 'incidents/i1/claims/preview')).body;
    await world.post(finance, 'incidents/i1/claims/approve', { expect: ordinary });
    return (await world.post(finance, 'payouts', { method })).body.batch;
  }

  async function fileOf(batch: string, format: 'csv' | 'xlsx'): Promise<Buffer> {
    const url = `/api/v1/sites/s1/payouts/${batch}/file?format=${format}`;
    const answer = await world.ask({ by: world.hands.finance, method: 'GET', url });
    expect(answer.statusCode).toBe(200);
    return answer.rawPayload;
  }

  const result = (text: string | Buffer, format = 'csv') => ({
    format,
    content_base64: Buffer.from(text).toString('base64'),
  });
  const booked = (csv: string) => csv.replace(/,CNY,,,/g, ',CNY,booked,R-1,');

  it('go by CSV to the billing system and are booked from what comes back, once', async () => {
    const { finance } = world.hands;
    const batch = await approvedBatch('property-fee-bill');
    expect(await world.post(finance, 'payouts', { method: 'manual' })).toMatchObject({
      status: 409,
      body: { code: 'payout_refused' },
    });
    await world.post(finance, `payouts/${batch}/export`);
    await world.post(finance, `payouts/${batch}/export`);
    expect(await world.stores.fund.balance('s1', 'suspense')).toBe(3 * 1_448);
    const csv = (await fileOf(batch, 'csv')).toString('utf8');
    expect(csv.split('\r\n')).toHaveLength(6);
    const back = result(booked(csv));
    expect(await world.post(finance, `payouts/${batch}/result`, back)).toMatchObject({
      body: { booked: 3, failed: 0, total: CNY('43.44') },
    });
    expect(await world.post(finance, `payouts/${batch}/result`, back)).toMatchObject({
      body: { booked: 0, already: 3 },
    });
    expect(await world.stores.fund.balance('s1', 'paid')).toBe(3 * 1_448);
    expect((await world.get(finance, 'claims?state=paid')).body.items).toHaveLength(3);
    expect(await proof()).toMatchObject({ holds: true });
  });

  it('are tried before anything is held or booked', async () => {
    const { finance } = world.hands;
    await world.put(...world.claims(2));
    await world.post(finance, 'fund/contributions', world.fund());
    const { ordinary } = (await world.get(finance, 'incidents/i1/claims/preview')).body;
    await world.post(finance, 'incidents/i1/claims/approve', { expect: ordinary });
    const method = { method: 'property-fee-bill' };
    const tried = (await world.post(finance, 'payouts?dryRun=true', method)).body;
    expect(tried).toMatchObject({ batch: null, control: { count: 2, sum: CNY('28.96') }, skipped: [] });
    expect((await world.get(finance, 'payouts')).body.items).toEqual([]);
    const { batch } = (await world.post(finance, 'payouts', method)).body;
    await world.post(finance, `payouts/${batch}/export`);
    const back = result(booked((await fileOf(batch, 'csv')).toString('utf8')));
    const dry = await world.post(finance, `payouts/${batch}/result?dryRun=true`, back);
    expect(dry.body).toMatchObject({ applied: false, booked: 2, failed: 0, total: CNY('28.96') });
    expect(await world.stores.fund.balance('s1', 'paid')).toBe(0);
    const states = async () => (await world.get(finance, 'payouts')).body.items[0].payoutStates;
    expect(await states()).toEqual({ prepared: 0, exported: 2, booked: 0, failed: 0 });
    await world.post(finance, `payouts/${batch}/result`, back);
    expect(await states()).toEqual({ prepared: 0, exported: 0, booked: 2, failed: 0 });
    expect((await world.get(finance, `payouts/${batch}`)).body.names).toEqual({
      [finance.user.id]: finance.user.name,
    });
  });

  it('go as a workbook too, and a payment that failed can be paid again', async () => {
    const { finance } = world.hands;
    const batch = await approvedBatch('property-fee-bill');
    await world.post(finance, `payouts/${batch}/export`);
    const sheet = await fileOf(batch, 'xlsx');
    const untouched = await world.post(finance, `payouts/${batch}/result`, result(sheet, 'xlsx'));
    expect(untouched.body.errors.map(({ code }: { code: string }) => code)).toContain(
      'neither_booked_nor_failed',
    );
    const csv = booked((await fileOf(batch, 'csv')).toString('utf8')).replace(
      ',booked,R-1,',
      ',failed,,moved out',
    );
    expect(await world.post(finance, `payouts/${batch}/result`, result(csv))).toMatchObject({
      body: { booked: 2, failed: 1 },
    });
    expect(await world.stores.fund.balance('s1', 'suspense')).toBe(0);
    const second = (await world.post(finance, 'payouts', { method: 'manual' })).body;
    expect(second).toMatchObject({ control: { count: 1, sum: CNY('14.48') } });
    await world.post(finance, `payouts/${second.batch}/export`);
    const payout = `${second.batch}-0001`;
    const books = { payouts: [{ id: payout, receipt: 'R-77' }] };
    expect(await world.post(finance, `payouts/${second.batch}/book`, books)).toMatchObject({
      body: { booked: 1 },
    });
    expect(await proof()).toMatchObject({ holds: true });
    expect(await world.stores.fund.balance('s1', 'paid')).toBe(3 * 1_448);
  });

  it('refuse a result whose totals do not fit, whole', async () => {
    const { finance } = world.hands;
    const batch = await approvedBatch('property-fee-bill');
    await world.post(finance, `payouts/${batch}/export`);
    const csv = booked((await fileOf(batch, 'csv')).toString('utf8'));
    const lines = csv.split('\r\n');
    const dropped = lines.filter((_, i) => i !== 1).join('\r\n');
    const changed = csv.replace('14.48', '99.48');
    for (const wrong of [dropped, changed, csv.replace(/CONTROL.*/, ''), 'nonsense']) {
      const refused = await world.post(finance, `payouts/${batch}/result`, result(wrong));
      expect(refused).toMatchObject({ status: 422, body: { code: 'payout_file_invalid' } });
    }
    expect(await world.stores.fund.balance('s1', 'paid')).toBe(0);
  });

  it('go to the bank only for people with an account, whole in the file and masked elsewhere', async () => {
    const { finance, auditor } = world.hands;
    const person = (await world.stores.people.list('s1', { limit: 5 }))[0]?.id ?? '';
    const url = `/api/v1/sites/s1/people/${person}/bank-account`;
    const payload = { holder: '王建国', bank: '工商银行', number: '6222 0202 0000 1234 567' };
    const saved = await world.ask({ by: finance, method: 'PUT', url, payload });
    expect(saved.json()).toMatchObject({ holder: '王**', number: '****4567' });
    const batch = await approvedBatch('bank-batch', 2);
    const detail = (await world.get(auditor, `payouts/${batch}`)).body;
    expect(detail.payouts).toMatchObject([{ premises: '1', account: '****4567', state: 'prepared' }]);
    await world.post(finance, `payouts/${batch}/export`);
    expect((await fileOf(batch, 'csv')).toString('utf8')).toContain('6222020200001234567');
    expect(JSON.stringify(await world.stores.audit.list('s1', { limit: 50 }))).not.toContain(
      '6222020200001234567',
    );
  });

  it('that have not left can be cancelled, and their claims paid another way', async () => {
    const { finance } = world.hands;
    const batch = await approvedBatch('property-fee-bill');
    expect(await world.post(finance, `payouts/${batch}/cancel`)).toMatchObject({ status: 200 });
    expect(await world.post(finance, `payouts/${batch}/export`)).toMatchObject({ status: 409 });
    expect(await world.post(finance, 'payouts', { method: 'manual' })).toMatchObject({
      body: { control: { count: 3 } },
    });
  });
});

describe('the fund', () => {
  it('is corrected by reversal, once, and never below its limit', async () => {
    const { finance, manager } = world.hands;
    const { seq } = (await world.post(finance, 'fund/contributions', world.fund())).body;
    expect(await world.post(manager, `fund/entries/${seq}/reverse`, { reason: 'typed twice' })).toMatchObject(
      {
        body: { kind: 'reversal', reverses: expect.stringContaining('contribution/') },
      },
    );
    expect(await world.post(manager, `fund/entries/${seq}/reverse`, { reason: 'again' })).toMatchObject({
      status: 409,
    });
    const again = await world.post(manager, `fund/entries/${seq}/reverse`, { reason: 'again' });
    expect(again.body).toMatchObject({ code: 'entry_not_reversible' });
    const missing = await world.post(manager, 'fund/entries/999/reverse', { reason: 'typed wrong' });
    expect(missing.body).toMatchObject({ code: 'unknown_entry' });
    expect((await world.get(finance, 'payouts/nowhere')).body).toMatchObject({ code: 'unknown_payout' });
    expect(await world.stores.fund.balance('s1', 'fund')).toBe(0);
    const { seq: next } = (await world.post(finance, 'fund/contributions', world.fund('10.00'))).body;
    await world.put(claimOf({ amount_minor: 900 }));
    await world.post(finance, 'claims/c-i1-1-1/approve');
    expect(await world.post(manager, `fund/entries/${next}/reverse`, { reason: 'bounced' })).toMatchObject({
      body: { code: 'fund_limit' },
    });
  });

  it('has bounds only an administrator sets, on the version they read', async () => {
    const { finance, admin } = world.hands;
    const url = '/api/v1/sites/s1/claim-settings';
    const { settings, version } = (await world.get(finance, 'claim-settings')).body;
    const payload = {
      ...settings,
      fundLimit: CNY('50.00'),
      budgets: [{ year: 2026, amount: CNY('100.00') }],
    };
    const headers = { 'if-match': `"${version}"` };
    expect((await world.ask({ by: finance, method: 'PUT', url, payload, headers })).statusCode).toBe(403);
    expect((await world.ask({ by: admin, method: 'PUT', url, payload })).statusCode).toBe(428);
    expect((await world.ask({ by: admin, method: 'PUT', url, payload, headers })).statusCode).toBe(200);
    expect((await world.ask({ by: admin, method: 'PUT', url, payload, headers })).statusCode).toBe(412);
    await world.post(finance, 'fund/contributions', world.fund());
    await world.put(claimOf({ amount_minor: 10_001 }));
    expect(await world.post(finance, 'claims/c-i1-1-1/approve')).toMatchObject({
      body: { code: 'budget_exceeded' },
    });
  });
});

it('whatever is decided about money is on the record, and the record holds', async () => {
  const { finance, finance2, manager, admin } = world.hands;
  const acts = async () => (await world.stores.audit.list('s1', { limit: 100 })).map(({ action }) => action);
  const done = async (by: Hand, path: string, payload: object = {}) => {
    const before = (await acts()).length;
    const answer = await world.post(by, path, payload);
    expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    expect((await acts()).length, path).toBe(before + 1);
    return answer.body;
  };
  const because = { reason: 'looked into' };
  await world.put(
    ...world.claims(5),
    claimOf({ premises: '6', state: 'assessed', submittedBy: null }),
    claimOf({ premises: '7', incident: 'i2' }),
  );
  const { seq } = await done(finance, 'fund/contributions', world.fund());
  await done(manager, `fund/entries/${seq}/reverse`, because);
  await done(finance, 'fund/contributions', world.fund());
  await done(finance, 'fund/recoveries', { ...world.fund('5.00'), from: 'utility' });
  await done(finance, 'claims/c-i1-6-1/submit');
  await done(finance2, 'claims/c-i1-1-1/approve');
  await done(manager, 'claims/c-i1-1-1/reverse', because);
  await done(finance, 'claims/c-i1-2-1/reject', because);
  await done(finance, 'claims/c-i1-2-1/appeal', because);
  await done(finance2, 'claims/c-i1-2-1/dismiss', because);
  const { ordinary } = (await world.get(finance2, 'incidents/i1/claims/preview')).body;
  await done(finance2, 'incidents/i1/claims/approve', { expect: ordinary });
  const cancelled = await done(finance, 'payouts', { method: 'manual' });
  await done(finance, `payouts/${cancelled.batch}/cancel`);
  const { batch } = await done(finance, 'payouts', { method: 'manual' });
  await done(finance, `payouts/${batch}/export`);
  await done(finance, `payouts/${batch}/book`, { payouts: [{ id: `${batch}-0001`, receipt: 'R-1' }] });
  const paid = (await world.get(finance, 'claims?state=paid')).body.items[0];
  await done(finance, `claims/${paid.id}/appeal`, because);
  await done(admin, `claims/${paid.id}/grant`, { ...because, amount: CNY('1.00') });
  expect(await world.stores.audit.verify('s1')).toBeNull();
});

describe("an owner's side", () => {
  it('sees, applies and appeals for its own premises alone', async () => {
    const owner = { site: 's1', premises: ['1'], person: 'o1' };
    const claims = createOwnerClaims({ ...world.deps } as Context);
    await world.put(claimOf({ state: 'assessed', submittedBy: null }), claimOf({ premises: '2' }));
    expect((await claims.list(owner)).map(({ premises }) => premises)).toEqual(['1']);
    await expect(claims.apply(owner, 'c-i1-2-1')).rejects.toMatchObject({ code: 'unknown_claim' });
    expect(await claims.apply(owner, 'c-i1-1-1')).toMatchObject({ state: 'submitted', submittedBy: 'o1' });
    const { finance } = world.hands;
    await world.post(finance, 'claims/c-i1-1-1/reject', { reason: 'not affected' });
    expect(await claims.appeal(owner, 'c-i1-1-1', 'my meter was dark')).toMatchObject({ state: 'appealed' });
    await expect(claims.appeal(owner, 'c-i1-1-1', 'again')).rejects.toMatchObject({ code: 'claim_refused' });
  });
});

describe('the link in a message', () => {
  it("opens what is owed for one's own premises, to apply and to appeal", async () => {
    const [person] = await world.stores.people.list('s1', { limit: 5 });
    const token = ownerToken({ site: 's1', person: person?.id ?? '' }, world.deps.signer, world.now.at);
    const url = `/api/v1/o/${token}/claims`;
    await world.put(claimOf({ state: 'assessed', submittedBy: null }), claimOf({ premises: '2' }));
    const seen = (await world.ask({ method: 'GET', url })).json();
    expect(seen.items).toMatchObject([{ premises: '1', amount: CNY('14.48'), mayAppeal: false }]);
    expect((await world.ask({ method: 'POST', url: `${url}/c-i1-2-1/apply` })).json()).toMatchObject({
      code: 'unknown_claim',
    });
    expect((await world.ask({ method: 'POST', url: `${url}/c-i1-1-1/apply` })).json()).toMatchObject({
      state: 'submitted',
    });
    await world.post(world.hands.finance, 'claims/c-i1-1-1/reject', { reason: 'not affected' });
    const payload = { reason: 'my meter was dark' };
    const appealed = (await world.ask({ method: 'POST', url: `${url}/c-i1-1-1/appeal`, payload })).json();
    expect(appealed).toMatchObject({ state: 'appealed', reason: 'not affected', mayAppeal: false });
  });

  it('is sent once for each payment, with the amount that payment credited', async () => {
    const { finance } = world.hands;
    await world.put(claimOf(), claimOf({ premises: '2' }));
    await world.post(finance, 'fund/contributions', world.fund());
    for (const claim of ['c-i1-1-1', 'c-i1-2-1']) await world.post(finance, `claims/${claim}/approve`);
    const { batch } = (await world.post(finance, 'payouts', { method: 'manual' })).body;
    await world.post(finance, `payouts/${batch}/export`);
    const payouts = [1, 2].map((n) => ({ id: `${batch}-000${n}`, receipt: `R-${n}` }));
    for (let i = 0; i < 2; i++) await world.post(finance, `payouts/${batch}/book`, { payouts });
    const owed = await world.stores.outbox.list({ site: 's1', limit: 10 });
    expect(owed).toMatchObject([{ stage: 'credited', subject: 'i1', revision: 1, premises: ['1'] }]);
    const credits = createCreditSource(world.stores);
    expect(await credits.credited('s1', 'i1', ['1'], 1)).toEqual({ minor: 1_448, currency: 'CNY' });
    expect(await credits.credited('s1', 'i1', ['1'], 2)).toBeNull();
  });
});
