import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { openPostgresStores } from '../../adapters/sql/postgres-stores.ts';
import { siteFile, siteNamed } from '../support/api-world.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres-database.ts';
import { silentLog } from '../support/silent-log.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const { TEST_POSTGRES_URL, TEST_INFLUX_URL, TEST_MOSQUITTO_URL } = process.env;
const servers =
  TEST_POSTGRES_URL !== undefined && TEST_INFLUX_URL !== undefined && TEST_MOSQUITTO_URL !== undefined;
if (!servers)
  process.stdout.write('skipped: needs TEST_POSTGRES_URL, TEST_INFLUX_URL and TEST_MOSQUITTO_URL\n');

interface Running {
  readonly child: ChildProcess;
  readonly url: string | null;
  output(): string;
}

describe.skipIf(!servers)('services in processes of their own', () => {
  // Other tests share the broker: a site of our own.
  const site = `split-${randomUUID().slice(0, 8)}`;
  let folder: string;
  let database: TestDatabase;
  let running: Running[];
  let starting: ChildProcess[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'relight-split-'));
    database = await createTestDatabase(TEST_POSTGRES_URL ?? '');
    running = [];
    starting = [];
    const stores = await openPostgresStores({ url: database.url, log: silentLog });
    await stores.migrate();
    await stores.sites.put(siteNamed(site), siteFile(site), { by: 'test', at: Date.now() });
    await stores.close();
  });
  afterEach(async () => {
    await Promise.all(starting.map(end));
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(services: string): Promise<Running> {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'run', services], {
      env: {
        PATH: process.env.PATH ?? '',
        DATA_DIR: join(folder, services),
        DATABASE_URL: database.url,
        INFLUX_URL: TEST_INFLUX_URL ?? '',
        INFLUX_BUCKET: `split_${createHash('sha256').update(site).digest('hex').slice(0, 8)}`,
        MQTT_URL: TEST_MOSQUITTO_URL ?? '',
        HTTP_PORT: '0',
        BOARD: 'false',
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    starting.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    return new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`${services} ended with ${code}:\n${output}`)));
      child.once('message', (message) => {
        const url = typeof message === 'object' && message !== null && 'url' in message ? message.url : null;
        const one = { child, url: typeof url === 'string' ? url : null, output: () => output };
        running.push(one);
        resolve(one);
      });
    });
  }

  it('one hears the meter, another shows its incident, a third hands over the message', async () => {
    onTestFailed(() => {
      for (const { output } of running) process.stdout.write(`${output()}\n`);
    });
    const [, api] = await Promise.all([start('ingest'), start('api'), start('alerting,settlement')]);
    const ready = await (await fetch(`${api.url}/readyz`)).json();
    expect(ready).toMatchObject({
      status: 'ready',
      checks: {
        database: { detail: expect.stringContaining('PostgreSQL') },
        readings: { detail: expect.stringContaining('InfluxDB') },
      },
    });

    const session = await signIn(api);
    const meter = await mqtt.connectAsync(TEST_MOSQUITTO_URL ?? '');
    const say = (kind: string, payload: object) =>
      meter.publishAsync(`relight/${site}/m-1/${kind}`, JSON.stringify({ ts: Date.now(), ...payload }), {
        qos: 1,
      });
    await say('telemetry', { uptime_s: 90_000, voltage: 231 });
    await say('event', { type: 'power_lost' });
    await meter.endAsync();

    await expect
      .poll(() => session(`/sites/${site}/incidents`), { timeout: 40_000, interval: 250 })
      .toMatchObject({ items: [{ state: 'open' }] });
    const page = await session(`/sites/${site}/incidents`);
    const incident = page.items[0]?.id;
    await expect
      .poll(() => session(`/sites/${site}/incidents/${incident}/deliveries`), {
        timeout: 20_000,
        interval: 250,
      })
      .toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ state: 'sent' })]) });
    const range = `from=${ago(3_600_000)}&to=${ago(-60_000)}&buckets=1`;
    await expect
      .poll(() => session(`/sites/${site}/devices/m-1/history?fields=voltage&${range}`), {
        timeout: 20_000,
        interval: 250,
      })
      .toMatchObject({ buckets: [{ max: [231] }] });
    for (const { child } of running) expect(await end(child)).toBe(0);
  }, 120_000);
});

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
  return child.exitCode;
}

function ago(ms: number): string {
  return new Date(Date.now() - ms).toISOString();
}

interface Page {
  readonly items: readonly { readonly id: string }[];
}

async function signIn(api: Running): Promise<(path: string) => Promise<Page>> {
  const token = /token=([\w-]+)/.exec(api.output())?.[1];
  const response = await fetch(`${api.url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, login: 'anna', name: 'Anna', password: 'correct horse battery staple' }),
  });
  if (!response.ok) throw new Error(`setup: ${response.status} ${await response.text()}`);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return async (path) => {
    const answer = await fetch(`${api.url}/api/v1${path}`, { headers: { cookie } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Page;
  };
}
