import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RIGHTS, type Right } from '../../api/access/rights.ts';
import { ERRORS } from '../../api/errors.ts';
import { StoreUnavailable } from '../../core/ports/site-store.ts';
import { type ApiWorld, createScribe, type Hand, incidentAt, openApiWorld } from '../support/api-world.ts';

let world: ApiWorld;
let by: Hand;
/** Requests of one session are counted: each part has its own. */
const anew = async () => {
  by = await world.hire('admin', 'all');
};
beforeAll(async () => {
  world = await openApiWorld();
  by = await world.hire('admin', 'all');
  await createScribe(world)({ incidents: [incidentAt('i1', world.now.at)] });
});
afterAll(() => world.close());

const WRITES = Object.entries<Right>(RIGHTS).filter(([route]) => !route.startsWith('GET'));
let strangerCount = 0;
function strangers(): string {
  strangerCount += 1;
  return `10.20.${strangerCount >> 8}.${strangerCount & 255}`;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Values the schemas name, mixed with anything, so that some bodies get past the first door. */
const plausible = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(
    fc.constantFrom(
      'login',
      'password',
      'name',
      'role',
      'sites',
      'node',
      'nodes',
      'from',
      'to',
      'reason',
      'type',
      'id',
      'closed',
      'action',
      'token',
      'user',
      'site',
      'theme',
      '__proto__',
      'constructor',
    ),
    fc.oneof(
      fc.constantFrom(
        'admin',
        'all',
        'R1',
        'trip',
        'breaker',
        '2025-12-31T00:00:00Z',
        '9999-12-31T23:59:60Z',
        'dark',
        '\u0000',
        '\ud800',
        'A'.repeat(43),
      ),
      fc.jsonValue({ maxDepth: 2 }),
    ),
  ),
);

function urlOf(path: string): string {
  return path
    .replace(':site', 's1')
    .replace(':incident', 'i1')
    .replace(':client', 'm-1')
    .replace(':planned', 'p')
    .replace(':user', 'user1');
}

describe('a write', () => {
  it.each(WRITES)(
    '%s answers any JSON with success or a coded refusal, never a fault',
    async (route, right) => {
      const [method, path] = route.split(' ') as [(typeof METHODS)[number], string];
      await fc.assert(
        fc.asyncProperty(plausible, fc.string({ maxLength: 20 }), async (body, query) => {
          const url = `${urlOf(path)}?${encodeURIComponent(query)}=${encodeURIComponent(query)}&subject=x`;
          const fresh =
            right !== 'open' && route.includes('/session') ? await world.hire('engineer', ['s1']) : by;
          const answer = await world.ask({
            method,
            url,
            ...(right === 'open' ? {} : { by: fresh }),
            headers: { 'content-type': 'application/json', 'idempotency-key': 'hostile-key' },
            payload: JSON.stringify(body),
          });
          if (answer.statusCode < 300) return;
          expect(answer.statusCode, answer.body).not.toBe(500);
          expect(answer.headers['content-type']).toContain('application/problem+json');
          const problem = answer.json();
          expect(ERRORS[problem.code as keyof typeof ERRORS]?.status).toBe(answer.statusCode);
        }),
        { numRuns: 25 },
      );
    },
  );

  it.each([
    { name: 'half of an object', payload: '{', type: 'application/json', code: 'malformed_body' },
    { name: 'nothing', payload: '', type: 'application/json', code: 'malformed_body' },
    {
      name: 'a poisoned prototype',
      payload: '{"__proto__":{"x":1}}',
      type: 'application/json',
      code: 'malformed_body',
    },
    { name: 'text', payload: 'a=1', type: 'text/plain', code: 'unsupported_media_type' },
    { name: 'XML', payload: '<x/>', type: 'application/xml', code: 'unsupported_media_type' },
    {
      name: 'a form',
      payload: 'login=a',
      type: 'application/x-www-form-urlencoded',
      code: 'unsupported_media_type',
    },
    {
      name: 'too much',
      payload: `"${'x'.repeat(1024 * 1024 + 10)}"`,
      type: 'application/json',
      code: 'body_too_large',
    },
  ])('with $name as its body is $code', async ({ payload, type, code }) => {
    const answer = await world.ask({
      method: 'POST',
      url: '/api/v1/session',
      payload,
      remoteAddress: strangers(),
      headers: { 'content-type': type },
    });
    expect(answer.json()).toMatchObject({ code });
  });
});

describe('an address', () => {
  beforeAll(anew);

  it.each([
    '/api/v1/../../etc/passwd',
    '/api/v1/%2e%2e/%2e%2e/etc/passwd',
    '/api/v1/sites/%00',
    '/api/v1/sites/%zz',
    '/api/v1/sites/..%2f..%2f',
    `/api/v1/sites/${'a'.repeat(5000)}`,
    "/api/v1/sites/s1'%20or%201=1--",
    '/api/v1/sites/__proto__',
    '/api/v1/sites/constructor/devices',
    '/api/v1/nothing',
    '/api/nothing',
    '//evil.test/api',
    '/control/backup',
  ])('%.60s is a coded refusal', async (url) => {
    for (const method of METHODS) {
      const answer = await world.ask({ method, url, by });
      expect([400, 403, 404]).toContain(answer.statusCode);
      expect(answer.json()).toHaveProperty('code');
    }
  });

  it('with any text in it never is a fault', async () => {
    await fc.assert(
      fc.asyncProperty(fc.webPath(), fc.constantFrom(...METHODS), async (path, method) => {
        const answer = await world.ask({ method, url: `/api/v1/sites/s1${path}`, by });
        expect(answer.statusCode).not.toBe(500);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a header', () => {
  beforeAll(anew);

  it.each([
    { cookie: 'relight_session=' },
    { cookie: `relight_session=${'A'.repeat(43)}` },
    { cookie: 'relight_session=a; relight_session=b; ;;=; x' },
    { cookie: `x=${'y'.repeat(8000)}` },
    { cookie: 'relight_session=%E0%A4%A' },
    { authorization: 'Bearer x' },
    { 'x-forwarded-for': '127.0.0.1' },
  ])('%.60j opens nothing', async (headers) => {
    const answer = await world.ask({
      url: '/api/v1/sites',
      remoteAddress: strangers(),
      headers: headers as Record<string, string>,
    });
    expect(answer.json()).toMatchObject({ code: 'not_signed_in' });
  });

  it.each(['*', 'W/"x"', '"-1"', '"1e3"', '""', '9'.repeat(39)])(
    'If-Match %s is a conflict',
    async (ifMatch) => {
      const payload = (await world.ask({ url: '/api/v1/sites/s1/file', by })).json();
      const answer = await world.ask({
        method: 'PUT',
        url: '/api/v1/sites/s1/file',
        by,
        payload,
        headers: { 'if-match': ifMatch },
      });
      expect(answer.json()).toMatchObject({ code: 'version_conflict' });
    },
  );
});

describe('a fault of ours', () => {
  it('hides its text and names its line in the log', async () => {
    const broken = await openApiWorld();
    const admin = await broken.hire('admin', 'all');
    Object.assign(broken.stores.users, { list: () => Promise.reject(new TypeError('secret inside')) });
    const answer = await broken.ask({ url: '/api/v1/users', by: admin });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret inside');
    const { code, instance } = answer.json();
    expect(code).toBe('internal');
    expect(broken.log.lines.find(({ facts }) => facts?.instance === instance)?.facts).toMatchObject({
      error: expect.objectContaining({ message: 'secret inside' }),
    });
    Object.assign(broken.stores.users, {
      list: () => Promise.reject(new StoreUnavailable('db at 10.0.0.5 away', { retryable: true })),
    });
    const away = await broken.ask({ url: '/api/v1/users', by: admin });
    expect(away.json()).toMatchObject({ status: 503, code: 'store_unavailable' });
    expect(away.body).not.toContain('10.0.0.5');
    expect(away.headers['retry-after']).toBe('5');
    await broken.close();
  });
});

it('limits strangers per address and people per session', async () => {
  const busy = await openApiWorld();
  const hand = await busy.hire('engineer', ['s1']);
  const codes = { stranger: 0, signedIn: 0, door: 0 };
  for (let i = 0; i < 40; i++) {
    const door = await busy.ask({ url: '/api/v1/setup', remoteAddress: '10.7.7.1' });
    if (door.statusCode !== 429) continue;
    codes.door += 1;
    expect(door.json()).toMatchObject({ code: 'too_many_requests' });
  }
  for (let i = 0; i < 320; i++) {
    const one = await busy.ask({
      url: '/api/v1/sites',
      remoteAddress: '10.7.7.7',
      headers: { cookie: `relight_session=${String(i).padStart(43, 'x')}` },
    });
    if (one.statusCode === 429) codes.stranger += 1;
    const two = await busy.ask({ url: '/api/v1/session', by: hand, remoteAddress: '10.7.7.7' });
    if (two.statusCode === 429) codes.signedIn += 1;
  }
  expect(codes.door).toBeGreaterThanOrEqual(10);
  expect(codes.stranger).toBeGreaterThanOrEqual(10);
  expect(codes.signedIn).toBe(0);
  await busy.close();
});
