import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAdminLink } from '../../api/access/links.ts';
import { createPasswords } from '../../api/access/passwords.ts';
import { type ApiWorld, openApiWorld } from '../support/api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld();
});
afterAll(() => world.close());

const PASSWORD = 'correct horse battery';

function cookieOf(answer: { cookies: readonly { name: string; value: string }[] }): string {
  const cookie = answer.cookies.find(({ name }) => name === 'relight_session');
  return `relight_session=${cookie?.value ?? ''}`;
}

async function tokenOfAdminLink(): Promise<string> {
  const link = await createAdminLink({
    users: world.stores.users,
    clock: world.deps.clock,
    publicUrl: 'http://relight.test',
  });
  expect(link.url).toMatch(/^http:\/\/relight\.test\/setup\?token=[A-Za-z0-9_-]{43}$/);
  return new URL(link.url).searchParams.get('token') ?? '';
}

describe('first administrator', () => {
  it('is created once with the link, and signed in', async () => {
    const token = await tokenOfAdminLink();
    const before = await world.ask({ url: `/api/v1/setup?token=${token}` });
    expect(before.json()).toMatchObject({ needed: true, linkValid: true });

    const payload = { token, login: ' Chen.Wei ', name: '陈伟', password: PASSWORD };
    const created = await world.ask({
      method: 'POST',
      url: '/api/v1/setup',
      payload: { ...payload, login: 'Chen.Wei' },
    });
    expect(created.statusCode).toBe(200);
    expect(created.json()).toMatchObject({ user: { login: 'chen.wei', role: 'admin', sites: 'all' } });
    const me = await world.ask({ url: '/api/v1/session', headers: { cookie: cookieOf(created) } });
    expect(me.json()).toMatchObject({ user: { name: '陈伟' } });

    const again = await world.ask({
      method: 'POST',
      url: '/api/v1/setup',
      payload: { ...payload, login: 'second' },
    });
    expect(again.statusCode).toBe(410);
    expect(again.json()).toMatchObject({ code: 'link_used' });
    expect((await world.ask({ url: `/api/v1/setup?token=${token}` })).json()).toMatchObject({
      needed: false,
      linkValid: false,
    });
  });

  it('two people racing for one link get one account', async () => {
    const token = await tokenOfAdminLink();
    const answers = await Promise.all(
      ['racer.a', 'racer.b'].map((login) =>
        world.ask({
          method: 'POST',
          url: '/api/v1/setup',
          payload: { token, login, name: login, password: PASSWORD },
        }),
      ),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 410]);
  });

  it('a link older than a day is worth nothing', async () => {
    const token = await tokenOfAdminLink();
    world.now.at += 24 * 3_600_000 + 1;
    const payload = { token, login: 'late', name: 'late', password: PASSWORD };
    expect((await world.ask({ method: 'POST', url: '/api/v1/setup', payload })).statusCode).toBe(410);
  });

  it('a taken login does not burn the link', async () => {
    const token = await tokenOfAdminLink();
    const payload = { token, login: 'CHEN.WEI', name: 'x', password: PASSWORD };
    const taken = await world.ask({ method: 'POST', url: '/api/v1/setup', payload });
    expect(taken.json()).toMatchObject({ code: 'login_taken' });
    const other = await world.ask({
      method: 'POST',
      url: '/api/v1/setup',
      payload: { ...payload, login: 'other' },
    });
    expect(other.statusCode).toBe(200);
  });
});

describe('sign in', () => {
  const login = (payload: object, headers: Record<string, string> = {}, remoteAddress = '10.0.0.1') =>
    world.ask({ method: 'POST', url: '/api/v1/session', payload, headers, remoteAddress });

  it('sets a cookie that scripts cannot read and other sites do not send', async () => {
    const answer = await login({ login: 'chen.wei', password: PASSWORD });
    expect(answer.statusCode).toBe(200);
    expect(String(answer.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Lax/);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('ignores a session token that somebody planted, and ends the session it replaces', async () => {
    const planted = `relight_session=${'A'.repeat(43)}`;
    const first = await login({ login: 'chen.wei', password: PASSWORD }, { cookie: planted });
    expect(cookieOf(first)).not.toBe(planted);
    const second = await login({ login: 'chen.wei', password: PASSWORD }, { cookie: cookieOf(first) });
    const old = await world.ask({ url: '/api/v1/session', headers: { cookie: cookieOf(first) } });
    expect(old.statusCode).toBe(401);
    expect(
      (await world.ask({ url: '/api/v1/session', headers: { cookie: cookieOf(second) } })).statusCode,
    ).toBe(200);
  });

  it('answers an unknown login exactly as a wrong password', async () => {
    const unknown = await login({ login: 'nobody', password: 'x' }, {}, '10.0.0.2');
    const wrong = await login({ login: 'chen.wei', password: 'x' }, {}, '10.0.0.2');
    expect(unknown.json()).toEqual(wrong.json());
    expect(unknown.statusCode).toBe(401);
    expect(unknown.json()).toMatchObject({ code: 'wrong_login' });
  });

  it('spends as much work on an unknown login as on a wrong password', async () => {
    const time = async (name: string, address: string) => {
      const before = performance.now();
      await login({ login: name, password: 'x' }, {}, address);
      return performance.now() - before;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let i = 0; i < 4; i++) {
      known.push(await time('chen.wei', `10.1.0.${i}`));
      unknown.push(await time(`ghost${i}`, `10.1.1.${i}`));
    }
    // Without the stand-in hash an unknown login takes about a tenth.
    expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) * 0.4);
  });

  it('throttles an account from one address, names the wait, and leaves the owner at another address alone', async () => {
    for (let i = 0; i < 5; i++) await login({ login: 'racer.a', password: 'x' }, {}, '10.9.9.9');
    const barred = await login({ login: 'racer.a', password: PASSWORD }, {}, '10.9.9.9');
    expect(barred.statusCode).toBe(429);
    expect(barred.json()).toMatchObject({ code: 'too_many_attempts' });
    expect(Number(barred.headers['retry-after'])).toBeGreaterThan(0);
    const winner = (await world.stores.users.byLogin('racer.a')) === null ? 'racer.b' : 'racer.a';
    expect((await login({ login: winner, password: PASSWORD }, {}, '10.2.2.2')).statusCode).toBe(200);
    world.now.mono += 15 * 60_000;
    expect((await login({ login: 'racer.a', password: 'x' }, {}, '10.9.9.9')).statusCode).toBe(401);
  });

  it('throttles one address over many accounts, guesses at once included', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) => login({ login: `many${i}`, password: 'x' }, {}, '10.3.3.3')),
    );
    const codes = new Set(answers.map(({ statusCode }) => statusCode));
    expect([...codes].every((code) => code === 401 || code === 503)).toBe(true);
    expect((await login({ login: 'one.more', password: 'x' }, {}, '10.3.3.3')).statusCode).toBe(429);
  });

  it('refuses a page of another web site, whatever it knows', async () => {
    const good = { login: 'chen.wei', password: PASSWORD };
    expect((await login(good, { origin: 'https://evil.test' })).json()).toMatchObject({ code: 'bad_origin' });
    expect((await login(good, { origin: 'null' })).json()).toMatchObject({ code: 'bad_origin' });
    expect((await login(good, { origin: 'http://evil.test', host: 'evil.test' })).json()).toMatchObject({
      code: 'bad_origin',
    });
    expect((await login(good, { origin: 'http://relight.test' })).statusCode).toBe(200);
    expect((await login(good, { origin: 'http://localhost:5173', host: 'localhost:5173' })).statusCode).toBe(
      200,
    );
  });
});

it('more sign-ins at once than can wait are asked to come back, and the others are answered', async () => {
  const passwords = createPasswords();
  await passwords.prepare();
  const answers = await Promise.allSettled(Array.from({ length: 40 }, () => passwords.verify(null, 'x')));
  const refused = answers.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(6);
  for (const one of refused) expect(one).toMatchObject({ reason: { code: 'overloaded', retryAfter_s: 2 } });
});

describe('a session', () => {
  it('ends when idle, when its hours are over, and when its person is taken off', async () => {
    const get = (headers: Record<string, string>) => world.ask({ url: '/api/v1/session', headers });
    const idle = await world.hire('engineer', ['s1']);
    world.now.at += 119 * 60_000;
    expect((await get(idle.headers)).statusCode).toBe(200);
    world.now.at += 119 * 60_000;
    expect((await get(idle.headers)).statusCode).toBe(200);
    world.now.at += 121 * 60_000;
    expect((await get(idle.headers)).statusCode).toBe(401);

    const long = await world.hire('engineer', ['s1']);
    for (let i = 0; i < 11; i++) {
      world.now.at += 3_600_000;
      expect((await get(long.headers)).statusCode).toBe(200);
    }
    world.now.at += 3_600_000;
    expect((await get(long.headers)).statusCode).toBe(401);

    const leaver = await world.hire('engineer', ['s1']);
    await world.stores.users.update({ ...leaver.user, active: false });
    expect((await get(leaver.headers)).statusCode).toBe(401);
  });

  it('ends with sign-out', async () => {
    const by = await world.hire('engineer', ['s1']);
    expect((await world.ask({ method: 'DELETE', url: '/api/v1/session', by })).statusCode).toBe(204);
    expect((await world.ask({ url: '/api/v1/session', by })).statusCode).toBe(401);
  });

  it('writes nothing without its CSRF token', async () => {
    const by = await world.hire('engineer', ['s1']);
    const { cookie } = by.headers;
    const other = await world.hire('engineer', ['s1']);
    for (const token of [undefined, '', 'x', other.headers['x-csrf-token']]) {
      const headers = { cookie: cookie ?? '', ...(token === undefined ? {} : { 'x-csrf-token': token }) };
      const answer = await world.ask({
        method: 'PATCH',
        url: '/api/v1/session',
        headers,
        payload: { theme: 'dark' },
      });
      expect(answer.json()).toMatchObject({ code: 'bad_csrf' });
    }
  });

  it('remembers language and theme', async () => {
    const by = await world.hire('finance', ['s1']);
    const payload = { theme: 'dark', language: 'en' };
    expect((await world.ask({ method: 'PATCH', url: '/api/v1/session', by, payload })).statusCode).toBe(200);
    expect((await world.ask({ url: '/api/v1/session', by })).json()).toMatchObject({ user: payload });
  });

  it('of the others ends when the password changes; the old password is worth nothing', async () => {
    const created = await world.ask({
      method: 'POST',
      url: '/api/v1/setup',
      payload: { token: await tokenOfAdminLink(), login: 'mover', name: 'm', password: PASSWORD },
    });
    const stolen = cookieOf(created);
    const headers = { cookie: stolen, 'x-csrf-token': created.json().csrf };
    const change = (payload: object) =>
      world.ask({ method: 'POST', url: '/api/v1/session/password', headers, payload });
    expect((await change({ current: 'wrong one', password: 'another long one' })).json()).toMatchObject({
      code: 'wrong_password',
    });
    expect((await change({ current: PASSWORD, password: 'another long one' })).statusCode).toBe(200);
    expect((await world.ask({ url: '/api/v1/session', headers: { cookie: stolen } })).statusCode).toBe(401);
    const old = { login: 'mover', password: PASSWORD };
    expect(
      (await world.ask({ method: 'POST', url: '/api/v1/session', payload: old, remoteAddress: '10.5.5.5' }))
        .statusCode,
    ).toBe(401);
  });

  it('has a cookie for this host and https only when it is served by https', async () => {
    const secure = await openApiWorld({ secureCookies: true, publicUrl: 'https://relight.test' });
    const link = await createAdminLink({
      users: secure.stores.users,
      clock: secure.deps.clock,
      publicUrl: 'https://relight.test',
    });
    const token = new URL(link.url).searchParams.get('token');
    const payload = { token, login: 'root', name: 'r', password: PASSWORD };
    const created = await secure.ask({ method: 'POST', url: '/api/v1/setup', payload });
    expect(String(created.headers['set-cookie'])).toMatch(
      /^__Host-relight_session=.*Path=\/; HttpOnly; Secure; SameSite=Lax/,
    );
    expect(created.headers['strict-transport-security']).toBeDefined();
    await secure.close();
  });
});
