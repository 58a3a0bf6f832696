import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiWorld, createScribe, type Hand, incidentAt, openApiWorld } from '../support/api-world.ts';
import { eventually } from '../support/eventually.ts';

let world: ApiWorld;
let manager: Hand;
const template = JSON.parse(await readFile('schemes/template.json', 'utf8'));
const draft = (change: object = {}) => ({ ...template, id: 'four-hours', ...change });

beforeAll(async () => {
  world = await openApiWorld();
  manager = await world.hire('manager', ['s1']);
});
afterAll(() => world.close());

const send = (method: 'POST' | 'DELETE', path: string, payload?: object) =>
  world.ask({ method, url: `/api/v1${path}`, by: manager, ...(payload === undefined ? {} : { payload }) });
const get = (path: string) => world.ask({ url: `/api/v1${path}`, by: manager });

describe('schemes', () => {
  it('are listed with source, doubts and a form of their parameters in both languages', async () => {
    const items: { name: string; form: { properties: object; required: string[] }; unverified: object[] }[] =
      (await get('/schemes')).json().items;
    const fee = items.find(({ name }) => name === 'property-fee');
    expect(fee?.form).toMatchObject({ required: ['rate'], additionalProperties: false });
    expect(fee?.form.properties).toMatchObject({
      rate: { type: 'string', 'x-title': { 'zh-CN': '物业费（元/平方米·月）' }, 'x-minimum': '0' },
      unit: { enum: ['hour', 'started_day', 'block_24h'], default: 'hour' },
      planned: { type: 'boolean', default: false },
    });
    expect(fee?.unverified).toContainEqual(expect.objectContaining({ path: '/parameters/cap' }));
    expect(fee).toMatchObject({ origin: 'shipped', revision: 1, source: { reference: expect.any(String) } });
    expect((await get('/schemes/nothing')).json()).toMatchObject({ code: 'unknown_scheme' });
  });

  it('with faults are refused whole, each fault with its place and a hint', async () => {
    const wrong = draft({
      timeZone: 'Mars/Olympus',
      versions: [{ ...template.versions[0], to: '1999-01-01' }],
    });
    const refused = await send('POST', '/schemes', { file: wrong, reason: 'new' });
    expect(refused.json()).toMatchObject({ status: 422, code: 'scheme_invalid' });
    expect(refused.json().errors.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(['/timeZone', '/versions/0/to']),
    );
    expect(
      (await send('POST', '/schemes', { file: draft({ id: 'x.2' }), reason: 'x' })).json().errors,
    ).toMatchObject([{ path: '/id' }]);
    expect((await get('/schemes')).json().items.map(({ id }: { id: string }) => id)).not.toContain(
      'four-hours',
    );
  });

  it('are tried on cases before they are kept; a next upload is the next revision, and nothing is overwritten', async () => {
    const examples = JSON.parse(await readFile('test/fixtures/schemes/template.examples.json', 'utf8'));
    const cases = [examples[0].case];
    const body = { file: draft(), reason: 'contract of 2026', cases };
    const tried = (await send('POST', '/schemes?dryRun=true', body)).json();
    expect(tried).toMatchObject({ applied: false, name: 'four-hours', revision: 1, supersedes: null });
    expect(tried.previews[0].total.amount).toBe(examples[0].expect.total);
    const broken = await send('POST', '/schemes', { ...body, cases: [{ at: 'noon' }] });
    expect(broken.json()).toMatchObject({ code: 'case_invalid' });
    expect((await send('POST', '/schemes', body)).json()).toMatchObject({
      applied: true,
      name: 'four-hours',
    });
    const next = await send('POST', '/schemes', { ...body, file: draft({ notes: 'second' }) });
    expect(next.json()).toMatchObject({ name: 'four-hours.2', supersedes: 'four-hours' });
    expect((await get('/schemes/four-hours')).json().file.notes).not.toBe('second');
    expect((await get('/schemes/four-hours.2')).json()).toMatchObject({
      origin: 'uploaded',
      file: { notes: 'second' },
      uploaded: { by: manager.user.id, reason: 'contract of 2026' },
    });
  });
});

describe('a site chooses a scheme', () => {
  const choose = (change: object, query = '') =>
    send('POST', `/sites/s1/schemes${query}`, {
      scheme: 'property-fee',
      from: '2026-02-01',
      parameters: { rate: '2.80' },
      reason: 'contract',
      ...change,
    });

  it('from a day to come, shown first, with parameters that fit', async () => {
    const wrong = await choose({ parameters: { rat: '2.80', share: '150 %' } });
    expect(wrong.json()).toMatchObject({ code: 'choice_invalid' });
    expect(wrong.json().errors.map(({ path, code }: { path: string; code: string }) => [path, code])).toEqual(
      [
        ['/body/parameters/rat', 'unknown_parameter'],
        ['/body/parameters/rate', 'missing'],
        ['/body/parameters/share', 'out_of_range'],
      ],
    );
    expect((await choose({}, '?dryRun=true')).json()).toMatchObject({
      applied: false,
      items: [{ from: '2026-02-01' }],
    });
    expect((await get('/sites/s1/schemes')).json().items).toEqual([]);
    expect((await choose({})).json()).toMatchObject({ applied: true });
    expect((await get('/sites/s1/schemes')).json().items).toEqual([
      { scheme: 'property-fee', from: '2026-02-01', parameters: { rate: '2.80' } },
    ]);
    const used = async () => (await get('/schemes/property-fee')).json().usedBy;
    await eventually(used).toEqual([{ site: 's1', from: '2026-02-01' }]);
  });

  it('for days gone by only after a back-test of the very same, which says what it would cost', async () => {
    const from = Date.parse('2025-06-10T00:00:00+08:00');
    const to = from + 24 * 3_600_000;
    const interruption = (premises: string) => ({
      id: `x-${premises}`,
      node: `u-${premises}`,
      premises,
      phases: 'ABC' as const,
      from,
      to,
      momentary: false,
      operations: 1,
      planned: null,
      causes: [{ incident: 'i1', from, to }],
    });
    await createScribe(world)({
      incidents: [incidentAt('i1', from)],
      ledger: ['1', '2'].map((id) => ({ type: 'closed', at: to, reason: 'test', body: interruption(id) })),
    });
    expect((await choose({ from: '2025-01-01' })).json()).toMatchObject({ code: 'back_test_needed' });
    const asked = {
      scheme: 'property-fee',
      parameters: { rate: '2.80' },
      from: '2025-01-01',
      to: '2025-12-31',
    };
    expect((await send('POST', '/sites/s1/back-tests', { ...asked, to: '2024-01-01' })).json()).toMatchObject(
      {
        code: 'invalid_range',
      },
    );
    const begin = () => send('POST', '/sites/s1/back-tests', asked);
    const both = (await Promise.all([begin(), begin()])).map((answer) => answer.json());
    expect(both).toContainEqual(expect.objectContaining({ code: 'back_test_running' }));
    const begun = both.find(({ backTest }) => backTest !== undefined);
    const url = `/sites/s1/back-tests/${begun.backTest}`;
    await eventually(async () => (await get(url)).json().state).toBe('done');
    // 98.4 m² and 60 m² at 2.80 for one of thirty days.
    expect((await get(url)).json()).toMatchObject({
      tried: {
        total: '14.78',
        byBuilding: { 7: '14.78' },
        byMonth: { '2025-06': '14.78' },
        byRule: { 'fee-refund': '14.78' },
      },
      current: { total: '0', cases: 0 },
      progress: 1,
    });
    expect((await get(`${url}/premises?limit=1`)).json()).toMatchObject({
      items: [{ premises: '1', tried: '9.18', current: '0.00', difference: '9.18' }],
      next: expect.any(String),
    });
    expect(
      (await choose({ from: '2025-01-01', backTest: begun.backTest, parameters: { rate: '3' } })).json(),
    ).toMatchObject({
      code: 'back_test_needed',
    });
    expect((await choose({ from: '2025-01-01', backTest: begun.backTest })).json()).toMatchObject({
      applied: true,
    });
    expect((await get('/sites/s1/back-tests/b9')).json()).toMatchObject({ code: 'unknown_back_test' });
    expect((await send('DELETE', url)).statusCode).toBe(204);
  });
});
