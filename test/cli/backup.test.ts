import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import type { Platform } from '../../cli/parts/platform.ts';
import { startServices } from '../../cli/running.ts';
import { siteFile } from '../support/api-world.ts';
import { runHere, spawnCli } from '../support/cli.ts';
import { eventually } from '../support/eventually.ts';
import { silentLog } from '../support/silent-log.ts';

const SITE = 's1';

describe('backup and restore of the whole data folder', () => {
  let folder: string;
  let running: Platform[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'relight-cli-backup-'));
    running = [];
  });
  afterEach(async () => {
    for (const platform of running) await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function environment(name: string): Record<string, string> {
    return {
      DATA_DIR: join(folder, name),
      HTTP_PORT: '0',
      MQTT_PORT: '0',
      BOARD: 'false',
      DEMO: 'false',
      LOG_LEVEL: 'error',
    };
  }

  async function start(env: Record<string, string>): Promise<Platform> {
    const platform = await startServices(env);
    running.push(platform);
    return platform;
  }

  async function stop(platform: Platform): Promise<void> {
    running = running.filter((one) => one !== platform);
    await platform.stop();
  }

  it('is taken under load, refused where it would do harm, and leads to the same platform', async () => {
    const env = environment('data');
    const site = join(folder, 's1.site.json');
    const secrets = join(folder, 'secrets.json');
    writeFileSync(site, JSON.stringify(siteFile(SITE)));
    expect(await runHere(['import-site', site], env)).toMatchObject({ code: 0 });
    expect(await runHere(['credentials', SITE, '--out', secrets], env)).toMatchObject({ code: 0 });
    const { GW1: secret } = JSON.parse(readFileSync(secrets, 'utf8'));

    const platform = await start(env);
    const session = await firstAdministrator(platform);
    const meter = await mqtt.connectAsync(`mqtt://127.0.0.1:${platform.mqttPort()}`, {
      username: `${SITE}/GW1`,
      clientId: `${SITE}/GW1`,
      password: secret,
    });
    const say = (volts: number) =>
      meter.publishAsync(
        `relight/${SITE}/m-1/telemetry`,
        JSON.stringify({ ts: Date.now(), uptime_s: 90_000, voltage: volts }),
        { qos: 1 },
      );
    await say(231);
    await meter.publishAsync(
      `relight/${SITE}/m-1/event`,
      JSON.stringify({ ts: Date.now(), type: 'power_lost' }),
      { qos: 1 },
    );
    await eventually(async () => (await session.incidents()).length, 30_000).toBe(1);
    const before = await session.incidents();

    // Load: one reading after the other while the backup is written.
    const loading = new AbortController();
    let said = 0;
    const load = (async () => {
      while (!loading.signal.aborted) {
        await say(0);
        said += 1;
      }
    })();
    const backup = await spawnCli(['backup', join(folder, 'b1')], env);
    loading.abort();
    await load;
    expect(backup).toMatchObject({ code: 0, stderr: '' });
    expect(backup.stdout).toMatch(
      /the running server[\s\S]*database[\s\S]*journal[\s\S]*readings[\s\S]*backup written/,
    );
    expect(said).toBeGreaterThan(10);

    expect(await runHere(['backup', join(folder, 'b1')], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('exists already'),
    });
    expect(await runHere(['restore', join(folder, 'b1'), '--replace'], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('stop it first'),
    });
    await meter.endAsync(true);
    await stop(platform);
    expect(await runHere(['restore', join(folder, 'b1')], env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--replace'),
    });

    const anew = environment('anew');
    expect(await runHere(['restore', join(folder, 'b1')], anew)).toMatchObject({ code: 0, stderr: '' });
    const restored = await start(anew);
    const again = session.at(restored);
    await eventually(async () => again.incidents(), 30_000).toEqual(before);
    expect(await again.get('/sites')).toMatchObject({ items: [{ id: SITE }] });
    expect(await again.get('/users')).toMatchObject({ items: [{ login: 'anna' }] });
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 60_000).toISOString();
    const history = await again.get(
      `/sites/${SITE}/devices/m-1/history?fields=voltage&from=${from}&to=${to}&buckets=1`,
    );
    expect(history).toMatchObject({ buckets: [{ max: [231] }] });
  }, 120_000);

  it('without a server is written from the files; a damaged one is refused and changes nothing', async () => {
    const env = environment('data');
    const site = join(folder, 's1.site.json');
    writeFileSync(site, JSON.stringify(siteFile(SITE)));
    await runHere(['import-site', site], env);
    const target = join(folder, 'b2');
    expect(await runHere(['backup', target], env)).toMatchObject({ code: 0 });
    truncateSync(join(target, 'relight.db'), 4_096);
    const restore = await runHere(['restore', target, '--replace'], env);
    expect(restore).toMatchObject({ code: 1, stderr: expect.stringMatching(/damaged.*nothing was changed/) });
    expect(existsSync(join(folder, 'data', 'relight.db'))).toBe(true);
    expect((await runHere(['backup', join(folder, 'b3')], env)).code).toBe(0);
    const replaced = await runHere(['restore', join(folder, 'b3'), '--replace'], env);
    expect(replaced.stdout).toMatch(/kept in .*data\.replaced-/);
    expect(await runHere(['migrate'], env)).toMatchObject({ code: 0 });
  });

  it('a database of an older program is brought forward, and from where is said', async () => {
    const env = environment('data');
    expect((await runHere(['migrate'], env)).stdout).toMatch(/from schema version 0 to [1-9]\d*\n/);
    expect((await runHere(['migrate'], env)).stdout).toMatch(
      /has schema version [1-9]\d*, which is this program's/,
    );
    const stores = await openSqliteStores({ file: join(folder, 'data', 'relight.db'), log: silentLog });
    try {
      expect(await runHere(['migrate'], env)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('in use'),
      });
    } finally {
      await stores.close();
    }
  });
});

async function firstAdministrator(platform: Platform) {
  const link = new URL((await platform.firstAdministrator()) ?? '');
  const response = await fetch(`${platform.url()}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token: link.searchParams.get('token'),
      login: 'anna',
      name: 'Anna',
      password: 'correct horse battery staple',
    }),
  });
  expect(response.status).toBeLessThan(300);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return sessionOn(platform, cookie);
}

/** The session is in the database, so it is in the backup too. */
function sessionOn(platform: Platform, cookie: string) {
  async function get(path: string): Promise<unknown> {
    const response = await fetch(`${platform.url()}/api/v1${path}`, { headers: { cookie } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  }
  return {
    get,
    at: (other: Platform) => sessionOn(other, cookie),
    async incidents(): Promise<readonly Record<string, unknown>[]> {
      const page = await get(`/sites/${SITE}/incidents`);
      if (typeof page !== 'object' || page === null || !('items' in page) || !Array.isArray(page.items))
        return [];
      return page.items.map(({ id, root, state, onset }) => ({ id, root, state, onset }));
    },
  };
}
