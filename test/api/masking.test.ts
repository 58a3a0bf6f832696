import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RIGHTS, type Right } from '../../api/access/rights.ts';
import { openDispatch } from '../../core/dispatch/open.ts';
import { DISPATCH_DEFAULTS } from '../../core/dispatch/settings.ts';
import type { Role } from '../../core/ports/people.ts';
import { requestOf } from '../support/api-requests.ts';
import { type ApiWorld, createScribe, incidentAt, OWNER, openApiWorld, PHONE } from '../support/api-world.ts';
import { claimOf, moneyWrite } from '../support/claims.ts';

const STAFF_PHONE = '+8613900000001';
const STRANGER = '+8617700000000';
const ACCOUNT = '6222021234567890';
/** What nobody reads in passing. Names of staff and of the platform's users are no secret within the house. */
const SECRETS: Readonly<Record<string, string>> = {
  'owner’s name': OWNER,
  'owner’s telephone': PHONE.slice(3),
  'engineer’s telephone': STAFF_PHONE.slice(3),
  'stranger’s telephone': STRANGER.slice(3),
  'bank account': ACCOUNT,
};

/** The only answers that show personal data whole, and the line each leaves in the audit. */
const OPENED: Readonly<Record<string, { readonly action: string; readonly query?: Record<string, string> }>> =
  {
    'GET /api/v1/sites/:site/people/:person': { action: 'person.unmask', query: { unmask: 'true' } },
    'GET /api/v1/sites/:site/people/export': { action: 'person.export' },
    'GET /api/v1/sites/:site/inbox/:message': { action: 'inbox.open' },
    'GET /api/v1/inbox/:message': { action: 'inbox.open' },
  };

const ROLES: readonly Role[] = ['engineer', 'manager', 'finance', 'admin', 'auditor'];
const READS = Object.entries<Right>(RIGHTS).filter(([route]) => route.startsWith('GET'));

let world: ApiWorld;
const ids: Record<string, string> = {};

beforeAll(async () => {
  world = await openApiWorld();
  const { stores, now } = world;
  const { at } = now;
  const incident = incidentAt('i1', at);
  await createScribe(world)({ incidents: [incident] });
  const [owner] = await stores.people.list('s1', { phone: PHONE, limit: 1 });
  ids.person = owner?.id ?? '';
  await stores.staff.put('s1', {
    id: 'e1',
    name: 'Zhang',
    phone: STAFF_PHONE,
    language: 'zh-CN',
    skills: [],
    account: null,
    active: true,
  });
  const given = { id: 'd1', site: 's1', severity: 'ordinary', concernsOwners: true, at } as const;
  const dispatch = openDispatch(incident, { ...given, rules: DISPATCH_DEFAULTS.rules.ordinary });
  await stores.dispatches.open({ dispatch, notices: [], at });
  const notice = {
    incident: 'i1',
    stage: 'lost',
    revision: 1,
    audience: 'owner',
    premises: ['1'],
    at,
  } as const;
  await stores.outbox.owe('s1', [{ ...notice, recipient: PHONE }], at);
  const [claimed] = await stores.outbox.claim('test', at + 60_000, 1);
  await stores.outbox.record(claimed?.delivery.id ?? '', { state: 'unknown', at, error: 'look_up_nothing' });
  for (const [n, phone] of [PHONE, STRANGER].entries()) {
    await stores.inbound.add({ providerId: `SM${n}`, phone, body: `call ${phone}`, at });
  }
  ids.message = (await stores.inbound.list({ site: 's1', limit: 1 }))[0]?.id ?? '';
  ids.stranger = (await stores.inbound.list({ site: '', limit: 1 }))[0]?.id ?? '';
  const said = { site: 's1', person: ids.person, at };
  await stores.owners.rate({ ...said, incident: 'i1', rating: 2, comment: 'slow' });
  await stores.owners.report(
    { ...said, id: 'r1', incident: 'i1', premises: '1', note: 'dark', handled: null },
    [],
  );
  await stores.payouts.putAccount(
    's1',
    { person: ids.person, holder: OWNER, bank: '工商银行', number: ACCOUNT },
    at,
  );
  const settingsVersion = (await stores.money.settings('s1')).version;
  const claim = claimOf();
  await stores.money.commit(moneyWrite('s1', { settingsVersion, claims: [{ claim, version: 0 }] }));
});
afterAll(() => world.close());

async function read(route: string, role: Role, query: Record<string, string> = {}) {
  const request = requestOf(route, 's1');
  const message = route.includes(':site') ? ids.message : ids.stranger;
  const url = request.url
    .replace('/people/e1', `/people/${ids.person}`)
    .replace('/inbox/none', `/inbox/${message}`)
    .replace('/claims/c-1', '/claims/c-i1-1-1');
  const by = await world.hire(role, route.includes(':site') ? ['s1'] : 'all');
  return world.ask({ ...request, url, query: { ...request.query, ...query }, by });
}

const shownIn = (body: string): readonly string[] =>
  Object.entries(SECRETS).flatMap(([what, text]) => (body.includes(text) ? [what] : []));

const lastAudit = async (route: string) =>
  (await world.stores.audit.list(route.includes(':site') ? 's1' : '', { limit: 1 }))[0]?.action;

describe('what the API shows of people', () => {
  const shared = READS.filter(([route, right]) => right !== 'open' && OPENED[route] === undefined);
  const cases = shared.flatMap(([route, right]) =>
    ROLES.filter((role) => right.includes(role)).map((role) => [route, role] as const),
  );

  it.each(cases)(
    '%s shows a person of the role %s nobody’s name, telephone or account',
    async (route, role) => {
      const answer = await read(route, role);
      expect(shownIn(answer.body)).toEqual([]);
    },
  );

  it('is there to be seen: most of these answers are more than a refusal', async () => {
    const fine = await Promise.all(shared.map(async ([route]) => (await read(route, 'admin')).statusCode));
    expect(fine.filter((status) => status === 200).length).toBeGreaterThan(shared.length * 0.75);
  });

  it.each(Object.entries(OPENED))(
    '%s shows it to those who need it, on the record',
    async (route, opened) => {
      const answer = await read(route, 'manager', opened.query);
      expect(answer.statusCode).toBe(200);
      expect(shownIn(answer.body)).not.toEqual([]);
      expect(await lastAudit(route)).toBe(opened.action);
    },
  );

  it('leaves nothing of them in the log or in the lines of the audit', async () => {
    const lines = world.log.lines.map((line) => JSON.stringify(line)).join('\n');
    expect(shownIn(lines)).toEqual([]);
    for (const site of ['s1', '']) {
      expect(shownIn(JSON.stringify(await world.stores.audit.list(site, { limit: 1_000 })))).toEqual([]);
    }
  });
});
