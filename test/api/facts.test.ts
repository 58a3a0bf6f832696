import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiWorld, type Hand, openApiWorld } from '../support/api-world.ts';

let world: ApiWorld;
let finance: Hand;
beforeAll(async () => {
  world = await openApiWorld();
  finance = await world.hire('finance', ['s1']);
});
afterAll(() => world.close());

const send = (path: string, payload: object, by = finance) =>
  world.ask({ method: 'POST', url: `/api/v1/sites/s1${path}`, payload, by });
const fee = { subject: 'premises/1', name: 'monthly_fee', from: '2026-01-01', value: '280.00' };

describe('facts for the schemes', () => {
  it('are shown before they are kept, and kept with who said so and why', async () => {
    const trial = await send('/facts?dryRun=true', { facts: [fee], reason: 'contract' });
    expect(trial.json()).toMatchObject({
      applied: false,
      changed: 1,
      changes: [{ before: null, after: '280.00' }],
    });
    expect((await send('/facts', { facts: [fee], reason: 'contract' })).json()).toMatchObject({
      applied: true,
    });
    expect((await send('/facts', { facts: [fee], reason: 'contract' })).json()).toMatchObject({ changed: 0 });
    const listed = await world.ask({ url: '/api/v1/sites/s1/facts?name=monthly_fee', by: finance });
    expect(listed.json().items).toMatchObject([{ ...fee, reason: 'contract', by: finance.user.id }]);
    expect(listed.json().names).toEqual({ [finance.user.id]: finance.user.name });
    expect((await world.stores.audit.list('s1', { limit: 1 }))[0]).toMatchObject({ action: 'facts.tell' });
  });

  it('with faults are refused whole, each fault with its place', async () => {
    const wrong = [
      fee,
      { ...fee, name: 'montly_fee' },
      { ...fee, value: 280.5 },
      { ...fee, from: '2026-02-30' },
    ];
    const refused = await send('/facts', { facts: wrong, reason: 'x' });
    expect(refused.json()).toMatchObject({ status: 422, code: 'facts_invalid' });
    expect(refused.json().errors).toMatchObject([
      {
        path: '/body/facts/1/name',
        code: 'unknown_input',
        message: expect.stringContaining("'monthly_fee'"),
      },
      { path: '/body/facts/2/value', code: 'wrong_form', message: 'must be a decimal string' },
      { path: '/body/facts/3/from' },
    ]);
    const strange = await send('/facts', { facts: [{ ...fee, subject: 'premises/99' }], reason: 'x' });
    expect(strange.json().errors).toMatchObject([{ path: '/facts/0/subject', code: 'unknown_premises' }]);
  });

  it('come as a list, headed by names or titles, with a dash to take back', async () => {
    const csv =
      '房号,起始日期,约定的月物业费,area_m2\n1,2026-02-01,"1,300.50",\n2,2026-02-01,200,61\n1,2026-01-01,-,';
    const trial = await send('/facts/import?dryRun=true', { csv, reason: 'list' });
    expect(trial.json()).toMatchObject({ applied: false, facts: 4, changed: 4 });
    expect((await send('/facts/import', { csv, reason: 'list' })).json()).toMatchObject({ applied: true });
    const lines = await world.stores.facts.about('s1', ['premises/1']);
    expect(lines.slice(-2)).toMatchObject([
      { from: '2026-02-01', value: '1300.50' },
      { from: '2026-01-01', value: null },
    ]);
    const wrong = await send('/facts/import', { csv: '房号,月费,area_m2\n1,1,lots', reason: 'x' });
    expect(wrong.json().errors).toMatchObject([
      { path: '/rows/1/月费', code: 'unknown_column' },
      { path: '/rows/2/area_m2', code: 'wrong_form' },
    ]);
  });

  it('that are missing are listed with the premises, in the words of the scheme', async () => {
    const estimate = {
      site: 's1',
      incident: 'i1',
      premises: '1',
      scheme: 'property-fee',
      state: 'running',
    } as const;
    const refused = [{ path: 'premises/monthly_fee', code: 'missing_input' }];
    const rest = { minutes: 60, amount_minor: 0, currency: 'CNY', trace: [], at: world.now.at };
    await world.stores.estimates.put([{ ...estimate, ...rest, refused }]);
    const listed = await world.ask({ url: '/api/v1/sites/s1/estimates/missing', by: finance });
    expect(listed.json()).toEqual({
      items: [
        {
          incident: 'i1',
          premises: '1',
          scheme: 'property-fee',
          ...refused[0],
          title: { 'zh-CN': '约定的月物业费', en: 'Agreed fee of a month' },
        },
      ],
      next: null,
    });
  });

  it('are told by those who answer for money only', async () => {
    const engineer = await world.hire('engineer', ['s1']);
    expect((await send('/facts', { facts: [fee], reason: 'x' }, engineer)).statusCode).toBe(403);
  });
});
