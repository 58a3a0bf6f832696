import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../api/app.ts';
import { createDeadMan } from '../../api/dead-man.ts';
import { type ApiWorld, openApiWorld } from '../support/api-world.ts';
import { createLogBook, createMeter } from '../support/quiet.ts';

let world: ApiWorld;
let pages: string;
const received: unknown[] = [];

beforeAll(async () => {
  pages = await mkdtemp(join(tmpdir(), 'relight-pages-'));
  await mkdir(join(pages, 'assets'));
  await writeFile(
    join(pages, 'index.html'),
    '<!doctype html><script>document.documentElement.dataset.theme = "dark";</script><script src="/assets/app-1a2b.js"></script><div id=app></div>',
  );
  await writeFile(join(pages, 'assets', 'app-1a2b.js'), `console.log("plain");${' '.repeat(2000)}`);
  await writeFile(join(pages, 'assets', 'app-1a2b.js.br'), brotliCompressSync('console.log("brotli")'));
  await writeFile(join(pages, 'favicon.svg'), '<svg/>');
  world = await openApiWorld({
    dashboardDirectory: pages,
    metricsToken: 'metrics-token-1',
    control: {
      token: 'control-token-1',
      actions: {
        backup: async (argument) => ({ done: argument }),
      },
    },
    hooks: [
      {
        path: '/hooks/sms/status',
        body: 'form',
        signatureHeader: 'x-sms-signature',
        receive: async (request) => {
          received.push(request);
          return { status: request.signature === 'right' ? 204 : 403 };
        },
      },
    ],
  });
});
afterAll(async () => {
  await world.close();
  await rm(pages, { recursive: true, force: true });
});

describe('the dashboard', () => {
  it('is served for every page address, not for the API and not for missing files', async () => {
    for (const url of ['/', '/ops', '/ops/incidents/i1?x=1', '/setup?token=abc']) {
      const page = await world.ask({ url });
      expect(page.statusCode, url).toBe(200);
      expect(page.body).toContain('<div id=app>');
      expect(page.headers['cache-control']).toBe('no-cache');
    }
    for (const url of ['/api/v2/x', '/assets/gone-9.js', '/robots.txt', '/.env', '/../package.json']) {
      expect((await world.ask({ url })).json(), url).toMatchObject({ code: 'not_found' });
    }
    expect((await world.ask({ method: 'POST', url: '/ops' })).json()).toMatchObject({ code: 'not_found' });
  });

  it('has a policy under which only its own scripts run, the inline one by its hash', async () => {
    const page = await world.ask({ url: '/' });
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self' 'sha256-[A-Za-z0-9+/=]{44}'/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(page.headers['x-content-type-options']).toBe('nosniff');
  });

  it('keeps hashed assets for ever and hands out the brotli file where one is built', async () => {
    const plain = await world.ask({ url: '/assets/app-1a2b.js' });
    expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(plain.body).toContain('plain');
    const small = await world.ask({ url: '/assets/app-1a2b.js', headers: { 'accept-encoding': 'br, gzip' } });
    expect(small.headers['content-encoding']).toBe('br');
    expect(small.headers['content-type']).toContain('javascript');
    expect(small.rawPayload.equals(brotliCompressSync('console.log("brotli")'))).toBe(true);
    const icon = await world.ask({ url: '/favicon.svg' });
    expect(icon.headers['cache-control']).toBe('public, max-age=3600');
  });
});

it('long answers are compressed for who can read that', async () => {
  const answer = await world.ask({ url: '/api/v1/openapi.json', headers: { 'accept-encoding': 'gzip' } });
  expect(answer.headers['content-encoding']).toBe('gzip');
  expect(JSON.parse(gunzipSync(answer.rawPayload).toString())).toHaveProperty('openapi');
});

describe('health', () => {
  it('is alive', async () => {
    expect((await world.ask({ url: '/healthz' })).json()).toEqual({ status: 'alive', version: '0.0.0-test' });
  });

  it('is ready only with database, readings and an ingest that keeps up, and says which is not', async () => {
    const ready = async () => {
      world.now.mono += 5000;
      return (await world.ask({ url: '/readyz' })).json();
    };
    expect(await ready()).toMatchObject({
      status: 'ready',
      checks: { database: { ok: true }, readings: { ok: true } },
    });
    const fine = world.status.value;
    world.status.value = { ...fine, readers: [{ reader: 'store', records: 9, lag_s: 61, error: null }] };
    expect(await ready()).toMatchObject({
      status: 'not_ready',
      checks: { ingest: { ok: false, detail: 'store is 61 s behind' } },
    });
    world.status.value = { ...fine, accepting: false };
    expect(await ready()).toMatchObject({ checks: { ingest: { ok: false } } });
    world.status.value = fine;
    const asked = world.deps.readings.ready;
    Object.assign(world.deps.readings, { ready: () => Promise.reject(new Error('at 10.0.0.7')) });
    const answer = await ready();
    expect(answer).toMatchObject({
      status: 'not_ready',
      checks: { readings: { ok: false, detail: 'unreachable' } },
    });
    Object.assign(world.deps.readings, { ready: asked });
    world.now.mono += 5000;
    expect((await world.ask({ url: '/readyz' })).statusCode).toBe(200);
  });

  it('shows metrics to this machine or to the token, not to others nor through a proxy', async () => {
    const code = async (headers: Record<string, string>, remoteAddress: string) =>
      (await world.ask({ url: '/metrics', headers, remoteAddress })).statusCode;
    expect(await code({}, '127.0.0.1')).toBe(200);
    expect(await code({}, '::1')).toBe(200);
    expect(await code({ 'x-forwarded-for': '10.1.1.1' }, '127.0.0.1')).toBe(404);
    expect(await code({}, '10.0.0.5')).toBe(404);
    expect(await code({ authorization: 'Bearer metrics-token-1' }, '10.0.0.5')).toBe(200);
    expect(await code({ authorization: 'Bearer wrong' }, '127.0.0.1')).toBe(404);
  });
});

describe('a local command', () => {
  const act = (url: string, headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
    world.ask({ method: 'POST', url, headers, payload: { file: 'x' }, remoteAddress });
  const token = { authorization: 'Bearer control-token-1' };

  it('runs with the token from this machine only', async () => {
    expect((await act('/control/backup', token)).json()).toEqual({ result: { done: { file: 'x' } } });
    for (const refused of [
      act('/control/backup', {}),
      act('/control/backup', { authorization: 'Bearer nope' }),
      act('/control/backup', token, '10.0.0.5'),
      act('/control/backup', { ...token, origin: 'http://127.0.0.1' }),
      act('/control/backup', { ...token, 'x-forwarded-for': '10.0.0.5' }),
      act('/control/constructor', token),
    ]) {
      expect((await refused).statusCode).toBe(404);
    }
  });
});

describe('a provider hook', () => {
  it('gets form, query and signature, needs no session, and is refused when forged', async () => {
    const send = (signature: string) =>
      world.ask({
        method: 'POST',
        url: '/hooks/sms/status?a=%20b',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-sms-signature': signature },
        payload: 'MessageSid=SM1&MessageStatus=delivered',
      });
    expect((await send('right')).statusCode).toBe(204);
    expect(received.at(-1)).toEqual({
      query: 'a=%20b',
      signature: 'right',
      body: { MessageSid: 'SM1', MessageStatus: 'delivered' },
      token: '',
    });
    expect((await send('wrong')).json()).toMatchObject({ code: 'forged_hook' });
  });
});

it('answers what is no HTTP with a problem, and headers too large as such', async () => {
  const api = createApi({ ...world.deps, hooks: [] });
  await api.start();
  const { port } = new URL(api.address());
  const say = (bytes: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
      let text = '';
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
  expect(await say('\u0016\u0003\u0001 not http\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 400 .*"code":"invalid_request"/s,
  );
  expect(await say(`GET / HTTP/1.1\r\nhost: x\r\ncookie: ${'c'.repeat(20_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 .*"code":"request_headers_too_large"/s,
  );
  await api.stop();
});

describe('the dead-man ping', () => {
  it('calls while healthy, stays silent while not, and outlives a dead URL', async () => {
    let calls = 0;
    const server = createServer((_request, response) => {
      calls += 1;
      response.statusCode = calls === 1 ? 500 : 200;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    let healthy = true;
    const telemetry = createMeter();
    const ping = createDeadMan({
      url: `http://127.0.0.1:${port}/ping/secret-token`,
      every_s: 0.05,
      healthy: async () => healthy,
      log: createLogBook(),
      telemetry,
    });
    await ping.start();
    await expect
      .poll(() => telemetry.counts.get('relight_dead_man_total{outcome="ok"}') ?? 0)
      .toBeGreaterThan(1);
    expect(telemetry.counts.get('relight_dead_man_total{outcome="status_500"}')).toBe(1);
    healthy = false;
    await expect
      .poll(() => telemetry.counts.get('relight_dead_man_total{outcome="withheld"}') ?? 0)
      .toBeGreaterThan(1);
    const before = calls;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(calls).toBe(before);
    healthy = true;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect
      .poll(() => telemetry.counts.get('relight_dead_man_total{outcome="unreachable"}') ?? 0)
      .toBeGreaterThan(0);
    await ping.stop();
  });
});
