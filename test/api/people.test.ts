import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiWorld, type Hand, OWNER, openApiWorld, PHONE } from '../support/api-world.ts';

let world: ApiWorld;
let by: Hand;
let id = '';
beforeAll(async () => {
  world = await openApiWorld();
  by = await world.hire('manager', ['s1']);
  id = (await people(`?phone=${encodeURIComponent(PHONE)}`)).json().items[0].id;
});
afterAll(() => world.close());

const people = (rest: string, hand = by) => world.ask({ url: `/api/v1/sites/s1/people${rest}`, by: hand });
const send = (method: 'PUT' | 'POST', path: string, payload: object, hand = by) =>
  world.ask({ method, url: `/api/v1/sites/s1${path}`, payload, by: hand });
const lastAudit = async () => (await world.stores.audit.list('s1', { limit: 1 }))[0]?.action;

describe('people', () => {
  it('are masked in lists, and a search by phone is on the record', async () => {
    const found = await people(`?phone=${encodeURIComponent(PHONE)}`);
    expect(found.json().items).toMatchObject([
      { name: '王**', phone: '+86138****5678', premises: [{ premises: '1' }] },
    ]);
    expect(found.body).not.toMatch(new RegExp(OWNER));
    expect(await lastAudit()).toBe('person.search');
  });

  it('are opened on the record, unmasked only by those who need it', async () => {
    expect((await people(`/${id}`)).json()).toMatchObject({ phone: '+86138****5678', optOuts: [] });
    expect(await lastAudit()).toBe('person.open');
    expect((await people(`/${id}?unmask=true`)).json()).toMatchObject({ name: OWNER, phone: PHONE });
    expect(await lastAudit()).toBe('person.unmask');
    const auditor = await world.hire('auditor', ['s1']);
    expect((await people(`/${id}?unmask=true`, auditor)).json()).toMatchObject({ code: 'forbidden' });
    expect((await people('/nobody')).json()).toMatchObject({ code: 'unknown_person' });
  });

  it('opt out with evidence that stays when they come back', async () => {
    const say = (optedOut: boolean, evidence: string) =>
      send('POST', `/people/${id}/opt-out`, { optedOut, evidence });
    expect((await say(true, '电话要求退订')).json()).toMatchObject({ optedOut: true });
    world.now.at += 1_000;
    await say(false, '当面要求恢复');
    expect((await people(`/${id}`)).json()).toMatchObject({
      optedOut: false,
      optOuts: [{ optedOut: true, evidence: '电话要求退订' }, { optedOut: false }],
    });
  });

  it('have a profile', async () => {
    const profile = {
      channels: ['voice', 'sms'],
      quiet: { from: '22:00', to: '07:00' },
      vulnerable: true,
      medicalDevice: false,
    };
    expect((await send('PUT', `/people/${id}/profile`, profile)).json()).toMatchObject({ profile });
    expect((await people(`/${id}`)).json()).toMatchObject({ profile });
    const broken = { ...profile, quiet: { from: '25:00', to: '07:00' } };
    expect((await send('PUT', `/people/${id}/profile`, broken)).json()).toMatchObject({
      code: 'invalid_request',
    });
  });
});

describe('an import', () => {
  const csv = '房号,楼栋,业主姓名,业主电话,特殊人群\n2,7,李娜,+8613900000077,是\n9,7,张伟,+8613900000078,\n';
  const load = (payload: object, query = '') => send('POST', `/import${query}`, payload);

  it('tried dry says what it would change, and changes nothing', async () => {
    const before = await world.stores.sites.get('s1');
    expect((await load({ csv }, '?dryRun=true')).json()).toEqual({
      applied: false,
      version: 1,
      rows: 2,
      premises: { added: ['9'], changed: ['2'], removed: [] },
      devices: { added: [], changed: [], removed: [] },
      nodes: { added: [], changed: [], removed: [] },
      profiles: 1,
      sheets: [],
      sheet: null,
      warnings: [],
    });
    expect(await world.stores.sites.get('s1')).toEqual(before);
  });

  it('is taken as a whole, people with their profiles', async () => {
    expect((await load({ csv })).json()).toMatchObject({ applied: true, version: 2 });
    const found = await people(`?phone=${encodeURIComponent('+8613900000077')}`);
    expect(found.json().items).toMatchObject([
      { profile: { vulnerable: true }, premises: [{ premises: '2' }] },
    ]);
    expect(await world.stores.people.dependentPremises('s1')).toContain('2');
    expect((await load({ csv }, '?dryRun=true')).json()).toMatchObject({
      premises: { added: [], changed: [], removed: [] },
    });
  });

  it('with one bad row is refused whole, row by row', async () => {
    const bad = '房号,业主电话\n7,+8613900000079\n8,139\n,1\n';
    const answer = await load({ csv: bad });
    expect(answer.json()).toMatchObject({
      code: 'import_invalid',
      errors: [
        { path: '/rows/3/owner_phone', code: 'country_code_missing' },
        { path: '/rows/4/premises', code: 'missing' },
      ],
    });
    expect((await world.stores.sites.get('s1'))?.version).toBe(2);
    expect((await load({ csv: '"open' })).json()).toMatchObject({
      errors: [{ path: '/rows/1', code: 'quote_open' }],
    });
  });

  it('of 500 premises takes seconds', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => `${1000 + i},7,业主${i},1380000${1000 + i},是`);
    const many = ['房号,楼栋,业主姓名,业主电话,特殊人群', ...rows].join('\n');
    const started = Date.now();
    expect((await load({ csv: many, countryCode: '+86' })).json()).toMatchObject({
      applied: true,
      rows: 500,
    });
    const took_ms = Date.now() - started;
    expect(took_ms).toBeLessThan(20_000);
    console.log(`500 premises imported in ${took_ms} ms`);
  });
});
