import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RIGHTS, type Right, rolesPage } from '../../api/access/rights.ts';
import { createCostSheet } from '../../core/compensation/back-test.ts';
import { openDispatch } from '../../core/dispatch/open.ts';
import { DISPATCH_DEFAULTS } from '../../core/dispatch/settings.ts';
import { announce, isPlanRefusal } from '../../core/planned/change.ts';
import { PLANNED_DEFAULTS } from '../../core/planned/settings.ts';
import type { BackTests } from '../../core/ports/back-tests.ts';
import type { Role } from '../../core/ports/people.ts';
import { requestOf } from '../support/api-requests.ts';
import {
  type ApiWorld,
  createScribe,
  type Hand,
  incidentAt,
  openApiWorld,
  PHONE,
} from '../support/api-world.ts';

const ROLES: readonly Role[] = ['engineer', 'manager', 'finance', 'admin', 'auditor'];
const ROUTES = Object.entries<Right>(RIGHTS);
const REFUSALS = new Set(['not_signed_in', 'forbidden', 'bad_csrf', 'unknown_site', 'not_found']);

let world: ApiWorld;
const hands = new Map<Role, Hand>();

beforeAll(async () => {
  // Who may begin one is the matter here, not what comes of it.
  const cost = createCostSheet().cost();
  const tried = {
    name: 'x',
    parameters: {},
    from: '2025-01-01',
    to: '2025-12-31',
    tried: cost,
    current: cost,
  };
  const backTests: BackTests = {
    begin: () => ({ outcome: 'begun', id: 'b0' }),
    news: (_site, id) => (id === 'b0' ? { id, state: 'done', progress: 1, ...tried } : null),
    differences: () => [],
    cancel: () => true,
  };
  const trials = { begin: async () => ({ outcome: 'begun', id: 't0' }) as const, news: () => null };
  world = await openApiWorld({ trials, backTests });
  await createScribe(world)({ incidents: [incidentAt('i1', world.now.at)] });
});
afterAll(() => world.close());

/** One delivery nobody knows the end of, and messages to close and to answer. */
async function waiting(): Promise<(route: string) => string> {
  const { outbox, inbound } = world.stores;
  const at = world.now.at;
  const notice = { incident: 'i1', stage: 'lost', revision: 1, audience: 'owner', premises: [], at } as const;
  await outbox.owe('s1', [{ ...notice, recipient: PHONE }], at);
  const [claimed] = await outbox.claim('test', at + 60_000, 1);
  const delivery = claimed?.delivery.id ?? '';
  await outbox.record(delivery, { state: 'unknown', at, error: 'look_up_nothing' });
  for (const [n, phone] of [PHONE, PHONE, '+8617700000000'].entries()) {
    await inbound.add({ providerId: `SM${n}`, phone, body: '?', at });
  }
  const [first, second] = await inbound.list({ site: 's1', limit: 2 });
  const [stranger] = await inbound.list({ site: '', limit: 1 });
  return (route) => {
    if (route.includes(':delivery')) return delivery;
    if (!route.includes(':site')) return stranger?.id ?? '';
    return (route.endsWith('/answer') ? first : second)?.id ?? '';
  };
}

async function codeOf(route: string, site: string, by?: Hand): Promise<string> {
  const answer = await world.ask({ ...requestOf(route, site), ...(by === undefined ? {} : { by }) });
  expect(answer.statusCode).not.toBe(500);
  return answer.statusCode < 300 ? 'ok' : String(answer.json().code);
}

describe('every route', () => {
  const guarded = ROUTES.filter(([, right]) => right !== 'open').map(([route]) => route);

  it.each(guarded)('%s asks for a session', async (route) => {
    expect(await codeOf(route, 's1')).toBe('not_signed_in');
  });

  for (const role of ROLES) {
    it.each(ROUTES)(`%s is for ${role} as the table says`, async (route, right) => {
      if (right === 'open') return;
      const by = hands.get(role) ?? (await world.hire(role, ['s1']));
      hands.set(role, by);
      // These end the session or are barred after a few tries; a fresh person each time.
      const fresh = route.includes('/session') ? await world.hire(role, ['s1']) : by;
      const code = await codeOf(route, 's1', fresh);
      if (right.includes(role)) expect(REFUSALS.has(code), code).toBe(false);
      else expect(code).toBe('forbidden');
    });
  }

  const ofSites = ROUTES.filter(([route]) => route.includes(':site'));
  for (const role of ROLES) {
    it.each(ofSites)(
      `%s hides a foreign site from ${role}, and one that does not exist the same way`,
      async (route, right) => {
        const by = await world.hire(role, ['s1']);
        const expected = right !== 'open' && right.includes(role) ? 'unknown_site' : 'forbidden';
        expect(await codeOf(route, 's2', by)).toBe(expected);
        expect(await codeOf(route, 'nowhere', by)).toBe(expected);
      },
    );
  }

  it.each(guarded.filter((route) => !route.startsWith('GET')))(
    '%s writes nothing without the CSRF token',
    async (route) => {
      const { headers } = await world.hire('admin', 'all');
      const { cookie } = headers;
      const request = requestOf(route, 's1');
      const answer = await world.ask({ ...request, headers: { ...request.headers, cookie: cookie ?? '' } });
      expect(answer.json()).toMatchObject({ code: 'bad_csrf' });
    },
  );

  it('is in the table, and everything in the table is served', async () => {
    const served = await Promise.all(
      ROUTES.map(([route]) => {
        const [method = '', path = ''] = route.split(' ');
        return world.server.hasRoute({ method: method as 'GET', url: path });
      }),
    );
    expect(served.every(Boolean)).toBe(true);
  });
});

it('the page about roles says what the table says', async () => {
  expect(await readFile('docs/roles.md', 'utf8')).toBe(rolesPage());
});

describe('a list over sites', () => {
  it('shows only the sites of the person', async () => {
    const by = await world.hire('engineer', ['s2']);
    const sites = await world.ask({ url: '/api/v1/sites', by });
    expect(sites.json().items.map(({ id }: { id: string }) => id)).toEqual(['s2']);
  });

  it('of quarantine shows what claims those sites; what claims none is for those who see all', async () => {
    const at = world.now.at;
    for (const subject of ['s1/stranger', 's2/stranger', 'relight/s2/ghost/telemetry', 'who-knows', 's9/x']) {
      await world.stores.quarantine.note({
        subject,
        kind: 'unknown_client',
        address: '10.0.0.9',
        sample: null,
        at,
      });
    }
    const subjects = async (hand: Hand) => {
      const answer = await world.ask({ url: '/api/v1/quarantine', by: hand });
      return answer
        .json()
        .items.map(({ subject }: { subject: string }) => subject)
        .sort();
    };
    const one = await world.hire('engineer', ['s2']);
    expect(await subjects(one)).toEqual(['relight/s2/ghost/telemetry', 's2/stranger']);
    expect(await subjects(await world.hire('engineer', 'all'))).toHaveLength(5);
    const remove = (subject: string) =>
      world.ask({ method: 'DELETE', url: '/api/v1/quarantine', query: { subject }, by: one });
    expect((await remove('s1/stranger')).json()).toMatchObject({ status: 404, code: 'unknown_subject' });
    expect((await remove('s2/stranger')).statusCode).toBe(204);
    expect(await subjects(one)).toEqual(['relight/s2/ghost/telemetry']);
  });
});

describe('people', () => {
  const invite = (by: Hand, over: object = {}) =>
    world.ask({
      method: 'POST',
      url: '/api/v1/users',
      by,
      payload: { login: `p${Math.random()}`, name: '李雷', role: 'engineer', sites: ['s1'], ...over },
    });

  it('are invited with a link that sets their password, once', async () => {
    const by = await world.hire('admin', 'all');
    const invited = await invite(by, { login: 'Li.Lei' });
    expect(invited.statusCode).toBe(201);
    const url = new URL(invited.json().url);
    const body = { user: url.searchParams.get('user'), token: url.searchParams.get('token') };
    const look = await world.ask({ url: `/api/v1/invitation${url.search}` });
    expect(look.json()).toEqual({ valid: true, login: 'li.lei' });
    const accept = () =>
      world.ask({
        method: 'POST',
        url: '/api/v1/invitation',
        payload: { ...body, password: 'a long password' },
      });
    expect((await accept()).json()).toMatchObject({
      user: { login: 'li.lei', role: 'engineer', sites: ['s1'] },
    });
    expect((await accept()).json()).toMatchObject({ code: 'link_used' });
    const signIn = { login: 'LI.LEI', password: 'a long password' };
    expect((await world.ask({ method: 'POST', url: '/api/v1/session', payload: signIn })).statusCode).toBe(
      200,
    );
  });

  it('taken off before they came, or later, do not come in by a link they still have', async () => {
    const by = await world.hire('admin', 'all');
    const invited = (await invite(by)).json();
    const deactivate = {
      method: 'PATCH',
      url: `/api/v1/users/${invited.user.id}`,
      by,
      payload: { active: false },
    } as const;
    expect((await world.ask(deactivate)).statusCode).toBe(200);
    const url = new URL(invited.url);
    const payload = {
      user: invited.user.id,
      token: url.searchParams.get('token'),
      password: 'a long password',
    };
    const accepted = await world.ask({ method: 'POST', url: '/api/v1/invitation', payload });
    expect(accepted.json()).toMatchObject({ code: 'link_used' });
  });

  it('within a few sites cannot be made or changed by an administrator of others', async () => {
    const by = await world.hire('admin', ['s1']);
    expect((await invite(by, { sites: 'all' })).json()).toMatchObject({ code: 'beyond_your_scope' });
    expect((await invite(by, { sites: ['s1', 's2'] })).json()).toMatchObject({ code: 'beyond_your_scope' });
    const boss = await world.hire('admin', 'all');
    const raise = (id: string, payload: object) =>
      world.ask({ method: 'PATCH', url: `/api/v1/users/${id}`, by, payload });
    expect((await raise(boss.user.id, { active: false })).json()).toMatchObject({
      code: 'beyond_your_scope',
    });
    const own = await world.hire('engineer', ['s1']);
    expect((await raise(own.user.id, { sites: ['s2'] })).json()).toMatchObject({ code: 'beyond_your_scope' });
    const link = await world.ask({ method: 'POST', url: `/api/v1/users/${boss.user.id}/link`, by });
    expect(link.json()).toMatchObject({ code: 'beyond_your_scope' });
    const listed = (await world.ask({ url: '/api/v1/users', by })).json().items;
    expect(listed.every(({ sites }: { sites: unknown }) => JSON.stringify(sites) === '["s1"]')).toBe(true);
  });

  it('lose their session when their rights change, and cannot take their own away', async () => {
    const by = await world.hire('admin', 'all');
    const worker = await world.hire('engineer', ['s1']);
    const change = (id: string, payload: object) =>
      world.ask({ method: 'PATCH', url: `/api/v1/users/${id}`, by, payload });
    expect((await change(worker.user.id, { name: 'new name' })).statusCode).toBe(200);
    expect((await world.ask({ url: '/api/v1/session', by: worker })).statusCode).toBe(200);
    expect((await change(worker.user.id, { role: 'finance' })).statusCode).toBe(200);
    expect((await world.ask({ url: '/api/v1/session', by: worker })).statusCode).toBe(401);
    expect((await change(by.user.id, { role: 'finance' })).json()).toMatchObject({ code: 'own_account' });
    expect((await change('nobody', { name: 'x' })).json()).toMatchObject({ code: 'unknown_user' });
  });
});

const MONEY = /\/(claims|fund|payouts)(\/|$)/;

it('every write that succeeds leaves a line in the audit log of its site, without personal data', async () => {
  const by = await world.hire('admin', 'all');
  const silent: string[] = [];
  const incident = incidentAt('i1', world.now.at);
  const given = {
    id: 'd1',
    site: 's1',
    severity: 'ordinary',
    concernsOwners: true,
    at: world.now.at,
  } as const;
  const dispatch = openDispatch(incident, { ...given, rules: DISPATCH_DEFAULTS.rules.ordinary });
  await world.stores.dispatches.open({ dispatch, notices: [], at: world.now.at });
  const engineer = { id: 'e1', name: '张工', phone: '+8613900000001', language: 'zh-CN' } as const;
  await world.stores.staff.put('s1', { ...engineer, skills: [], account: null, active: true });
  const report = {
    site: 's1',
    id: 'r1',
    incident: null,
    premises: '1',
    person: 'p',
    note: null,
    handled: null,
  };
  await world.stores.owners.report({ ...report, at: world.now.at }, []);
  const rules = { ...PLANNED_DEFAULTS, grace_s: 0 };
  const about = { site: 's1', work: 'repair', note: null, rules, nodes: ['R1'] } as const;
  for (const [id, from] of [
    ['pl2', world.now.at - 1],
    ['pl3', world.now.at + 3_600_000],
  ] as const) {
    const given = { by: 'u', at: world.now.at - 2, exemption: 'smell' };
    const plan = announce({ ...about, id, from, to: from + 9_000 }, given);
    if (isPlanRefusal(plan)) throw new Error(plan.refused);
    await world.stores.planned.add({ plan, notices: [], at: world.now.at });
  }
  const idFor = await waiting();
  for (const [route, right] of ROUTES) {
    if (right === 'open' || route.startsWith('GET') || route.includes('/session')) continue;
    // Changes nothing.
    if (route.endsWith('/preview')) continue;
    // Decisions about money write their line in their own transaction: test/api/claims.test.ts.
    if (MONEY.test(route)) continue;
    const site = route.includes(':site') ? 's1' : '';
    // Removing what claims no known site is on the record that belongs to no site.
    const count = async () => (await world.stores.audit.list(site, { limit: 1000 })).length;
    const before = await count();
    const request = requestOf(route, 's1');
    if (route.startsWith('PUT') && route.endsWith('/file')) {
      const version = (await world.stores.sites.get('s1'))?.version;
      Object.assign(request, { query: {}, headers: { ...request.headers, 'if-match': `"${version}"` } });
    }
    if (route.endsWith('/claim-settings')) {
      const { version } = await world.stores.money.settings('s1');
      request.headers['if-match'] = `"${version}"`;
    }
    if (route.endsWith('/message-caps')) {
      const version = (await world.stores.messageCaps.get('s1'))?.version ?? 0;
      request.headers['if-match'] = `"${version}"`;
    }
    request.url = request.url.replace('/none', `/${idFor(route)}`);
    if (request.url.includes('/users/nobody'))
      request.url = request.url.replace('nobody', (await world.hire('engineer', ['s1'])).user.id);
    if (route === 'DELETE /api/v1/quarantine') request.query.subject = 's9/x';
    request.url = request.url.replace('/pl1/', route.endsWith('/finish') ? '/pl2/' : '/pl3/');
    const answer = await world.ask({ ...request, by });
    expect(answer.statusCode, `${route} ${answer.body}`).toBeLessThan(300);
    if ((await count()) === before) silent.push(route);
  }
  expect(silent).toEqual([]);
  const lines = JSON.stringify(await world.stores.audit.list('s1', { limit: 1000 }));
  expect(lines).not.toMatch(/王建国|13812345678/);
  expect(await world.stores.audit.verify('s1')).toBeNull();
});
