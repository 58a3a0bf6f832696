import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiWorld, type Hand, OWNER, openApiWorld } from '../support/api-world.ts';

let world: ApiWorld;
let finance: Hand;
let manager: Hand;
let auditor: Hand;
let person: string;
beforeAll(async () => {
  world = await openApiWorld();
  finance = await world.hire('finance', ['s1']);
  manager = await world.hire('manager', ['s1']);
  auditor = await world.hire('auditor', ['s1']);
  person = (await world.stores.people.list('s1', { limit: 1 }))[0]?.id ?? '';
});
afterAll(() => world.close());

const NUMBER = '6222 0202 0000 1234 567';
const list = async (query = '', by = finance) =>
  (await world.ask({ url: `/api/v1/sites/s1/bank-accounts${query}`, by })).json();
const put = (payload: object, by = finance) =>
  world.ask({ method: 'PUT', url: `/api/v1/sites/s1/people/${person}/bank-account`, payload, by });
const withdraw = (payload: object, by = finance) =>
  world.ask({ method: 'POST', url: `/api/v1/sites/s1/people/${person}/bank-account/withdraw`, payload, by });
const lastAudit = async () => (await world.stores.audit.list('s1', { limit: 1 }))[0];

describe('where owners are paid', () => {
  it('is listed by premises, with who cannot be paid yet, and nobody by name', async () => {
    const found = await list();
    expect(found).toMatchObject({
      items: [
        { premises: '1', building: '7', person, owner: '王**', account: null },
        { premises: '2', person: null, owner: null, account: null },
      ],
      next: null,
      owned: 1,
      without: 1,
    });
    expect(JSON.stringify(found)).not.toContain(OWNER);
    expect((await list('?missing=true')).items).toHaveLength(1);
    expect((await list('?q=2')).items).toMatchObject([{ premises: '2' }]);
    const first = await list('?limit=1');
    expect(first.items).toMatchObject([{ premises: '1' }]);
    expect((await list(`?limit=1&cursor=${encodeURIComponent(first.next)}`)).items).toMatchObject([
      { premises: '2' },
    ]);
  });

  it('is entered, masked in the answer, and corrected only with a reason', async () => {
    const wrong = await put({ holder: ' ', bank: 'ICBC', number: '12-34' });
    expect(wrong.json()).toMatchObject({ code: 'invalid_request' });
    expect(wrong.json().errors.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(['/body/holder', '/body/number']),
    );
    const entered = await put({ holder: OWNER, bank: 'ICBC', number: NUMBER });
    expect(entered.json()).toEqual({ person, holder: '王**', bank: 'ICBC', number: '****4567' });
    expect(await list()).toMatchObject({ items: [{ account: { number: '****4567' } }, {}], without: 0 });
    const other = { holder: OWNER, bank: 'CCB', number: NUMBER };
    expect((await put(other)).json()).toMatchObject({ code: 'reason_needed' });
    expect((await put({ ...other, reason: '业主来函更正' })).json()).toMatchObject({ bank: 'CCB' });
    expect(await lastAudit()).toMatchObject({
      action: 'person.bank-account',
      by: finance.user.id,
      detail: { replaced: true, reason: '业主来函更正' },
    });
    // No shorter part of it: the chain's hashes hold any four digits now and then.
    expect(JSON.stringify(await world.stores.audit.list('s1', { limit: 50 }))).not.toMatch(
      /6222 ?0202 ?0000/,
    );
  });

  it('is shown in full to who pays, on the record, and to nobody else', async () => {
    const url = `/api/v1/sites/s1/people/${person}/bank-account?unmask=true`;
    for (const by of [manager, auditor])
      expect((await world.ask({ url, by })).json()).toMatchObject({ code: 'forbidden' });
    expect((await world.ask({ url, by: finance })).json()).toMatchObject({
      holder: OWNER,
      number: '6222020200001234567',
    });
    expect(await lastAudit()).toMatchObject({ action: 'person.bank-account.unmask', by: finance.user.id });
  });

  it('is withdrawn once, with a reason', async () => {
    expect((await withdraw({})).json()).toMatchObject({ code: 'invalid_request' });
    expect((await withdraw({ reason: '账户注销' }, auditor)).json()).toMatchObject({ code: 'forbidden' });
    expect((await withdraw({ reason: '账户注销' })).statusCode).toBe(204);
    expect(await lastAudit()).toMatchObject({ action: 'person.bank-account.withdraw' });
    expect((await withdraw({ reason: '账户注销' })).json()).toMatchObject({ code: 'unknown_person' });
    expect(await list()).toMatchObject({ without: 1 });
  });
});
