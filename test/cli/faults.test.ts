import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServices } from '../../cli/running.ts';
import { runHere, spawnCli } from '../support/cli.ts';

interface Wrong {
  readonly what: string;
  readonly argv?: readonly string[];
  readonly env?: () => Record<string, string>;
  /** What the message must name, so that somebody can mend it. */
  readonly says: RegExp;
}

let folder: string;
let taken: Server;
let takenPort: number;
let closedPort: number;
let data = 0;

function listenSomewhere(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function environment(over: Readonly<Record<string, string>> = {}): Record<string, string> {
  data += 1;
  const DATA_DIR = join(folder, `data-${data}`);
  return {
    DATA_DIR,
    HTTP_PORT: '0',
    MQTT_PORT: '0',
    BOARD: 'false',
    DEMO: 'false',
    LOG_LEVEL: 'error',
    ...over,
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relight-faults-'));
  taken = await listenSomewhere();
  takenPort = portOf(taken);
  const closing = await listenSomewhere();
  closedPort = portOf(closing);
  await new Promise((resolve) => closing.close(resolve));
  writeFileSync(join(folder, 'file'), 'not a folder');
  writeFileSync(join(folder, 'broken.site.json'), '{ "site": ');
  writeFileSync(
    join(folder, 'wrong.site.json'),
    JSON.stringify({
      site: { id: 's 1', name: 'x', timeZone: 'Mars/Olympus', currency: 'CNY' },
      nodes: [{ id: 'u', kind: 'unit', fedBy: 'nowhere' }],
    }),
  );
});
afterAll(async () => {
  await new Promise((resolve) => taken.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const TABLE: readonly Wrong[] = [
  {
    what: 'several settings wrong at once',
    env: () => ({ HTTP_PORT: 'eighty', MQTT_TLS_PORT: '8883', TWILIO_FROM: '+8613800000000' }),
    says: /HTTP_PORT[\s\S]*MQTT_TLS_CERT_FILE[\s\S]*TWILIO_ACCOUNT_SID/,
  },
  {
    what: 'the HTTP port in use',
    env: () => ({ HTTP_PORT: String(takenPort) }),
    says: /port \d+ is in use.*HTTP_PORT/,
  },
  {
    what: 'the MQTT port in use',
    env: () => ({ MQTT_PORT: String(takenPort) }),
    says: /port \d+ is in use.*MQTT_PORT/,
  },
  { what: 'an address that is not ours', env: () => ({ HTTP_HOST: '192.0.2.1' }), says: /change HTTP_HOST/ },
  {
    what: 'a database that does not answer',
    env: () => ({ DATABASE_URL: `postgres://relight:geheim@127.0.0.1:${closedPort}/relight` }),
    says: /PostgreSQL at 127\.0\.0\.1:\d+ does not answer.*DATABASE_URL/,
  },
  {
    what: 'an InfluxDB that has never answered',
    env: () => ({ INFLUX_URL: `http://127.0.0.1:${closedPort}`, INFLUX_BUCKET: 'relight' }),
    says: /readings cannot be stored: .*INFLUX_URL/,
  },
  {
    what: 'an external broker that does not answer',
    env: () => ({ MQTT_URL: `mqtt://127.0.0.1:${closedPort}` }),
    says: /MQTT broker at 127\.0\.0\.1:\d+ cannot be used: .*MQTT_URL/,
  },
  {
    what: 'a broker address we do not speak',
    env: () => ({ MQTT_URL: 'wss://127.0.0.1:1' }),
    says: /MQTT_URL/,
  },
  {
    what: 'a data folder that is a file',
    env: () => ({ DATA_DIR: join(folder, 'file') }),
    says: /no folder.*DATA_DIR/,
  },
  {
    what: 'a data folder nobody can make',
    env: () => ({ DATA_DIR: '/dev/null/data' }),
    says: /DATA_DIR/,
  },
  {
    what: 'a certificate that is not there',
    env: () => ({
      MQTT_TLS_PORT: '0',
      MQTT_TLS_CERT_FILE: '/nowhere.pem',
      MQTT_TLS_KEY_FILE: '/nowhere.key',
    }),
    says: /MQTT_TLS_CERT_FILE: \/nowhere\.pem cannot be read/,
  },
  { what: 'a service by itself on embedded stores', argv: ['alerting'], says: /DATABASE_URL[\s\S]*MQTT_URL/ },
  { what: 'the embedded broker by itself', argv: ['run', 'broker,api'], says: /relight start.*MQTT_URL/ },
  {
    what: 'a service there is none of',
    argv: ['run', 'ingest,payroll'],
    says: /no service 'payroll'.*settlement/,
  },
  { what: 'no site file', argv: ['import-site', '/nowhere.json'], says: /\/nowhere\.json cannot be read/ },
  {
    what: 'a site file that is no JSON',
    argv: ['import-site', 'FOLDER/broken.site.json'],
    says: /broken\.site\.json is no JSON/,
  },
  {
    what: 'a site file with several faults',
    argv: ['import-site', 'FOLDER/wrong.site.json'],
    says: /\/site\/id[\s\S]*\/nodes\/0\/fedBy/,
  },
  {
    what: 'credentials for a site there is none of',
    argv: ['credentials', 's9', '--out', 'FOLDER/c.json'],
    says: /no site 's9'/,
  },
  { what: 'a backup of nothing', argv: ['backup', 'FOLDER/b1'], says: /nothing to back up.*DATA_DIR/ },
  { what: 'a restore from what is no backup', argv: ['restore', 'FOLDER'], says: /no backup of Relight/ },
  { what: 'an unknown option', argv: ['restore', 'x', '--force'], says: /usage: relight restore/ },
];

describe('what a person can mend is one clear message', { timeout: 60_000 }, () => {
  it.each(TABLE)('$what', async ({ argv = ['start'], env = () => ({}), says }) => {
    const ended = await runHere(
      argv.map((argument) => argument.replace('FOLDER', folder)),
      environment(env()),
    );
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr.match(/^relight /gm)).toHaveLength(1);
    expect(ended.stderr).not.toMatch(/\n\s+at |geheim/);
  });

  it.each([
    ['its HTTP port', () => ({ HTTP_PORT: String(takenPort) })],
    ['its MQTT port', () => ({ MQTT_PORT: String(takenPort) })],
    ['its InfluxDB', () => ({ INFLUX_URL: `http://127.0.0.1:${closedPort}`, INFLUX_BUCKET: 'relight' })],
  ])('a process that does not get %s ends by itself', async (_, env) => {
    const ended = await spawnCli(['start'], environment(env()));
    expect(ended.code).toBe(1);
  });

  it('a second instance on the same data folder is refused, and the first goes on', async () => {
    const env = environment();
    const first = await startServices(env);
    try {
      const second = await spawnCli(['start'], env);
      expect(second).toMatchObject({ code: 1, stdout: '' });
      expect(second.stderr).toMatch(/^relight start: .*in use by another Relight process.*\n$/);
      expect((await fetch(`${first.url()}/healthz`)).status).toBe(200);
    } finally {
      await first.stop();
    }
  });

  it('a program started by hand without the built board says how to build it', async () => {
    const built = await import('../../cli/parts/api.ts');
    if (built.builtDashboard() !== null) {
      process.stdout.write('skipped here: the board is built in this checkout\n');
      return;
    }
    const ended = await runHere(['start'], environment({ BOARD: 'true' }));
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('npm run build') });
  });

  it('a reading store that has answered before may be away at a start', async () => {
    const env = environment({ INFLUX_BUCKET: 'relight' });
    const influx = await recordedPing();
    env.INFLUX_URL = influx.url;
    await (await startServices(env)).stop();
    await influx.close();
    const platform = await startServices(env);
    const ready = await fetch(`${platform.url()}/readyz`);
    await platform.stop();
    expect(ready.status).toBe(503);
  });
});

/** Answers what InfluxDB 1.x answers before anything is written. */
async function recordedPing() {
  const { createServer: createHttp } = await import('node:http');
  const server = createHttp((request, response) => {
    response.setHeader('x-influxdb-version', '1.6.7');
    if (request.url?.startsWith('/ping')) response.writeHead(204).end();
    else
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"results":[{"statement_id":0}]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

it('what the program writes only its own user reads, in a folder open to all as well', async () => {
  const env = environment();
  const directory = env.DATA_DIR ?? '';
  mkdirSync(directory, { mode: 0o755 });
  expect(await spawnCli(['migrate'], env)).toMatchObject({ code: 0 });
  const files = readdirSync(directory);
  expect(files).toContain('relight.db');
  expect(files.filter((file) => (statSync(join(directory, file)).mode & 0o077) !== 0)).toEqual([]);
});

it('metrics open to another machine with the token that is configured', async () => {
  const platform = await startServices({ ...environment(), METRICS_TOKEN: 'scrape-me' });
  try {
    const ask = (headers: Record<string, string>) =>
      fetch(`${platform.url()}/metrics`, { headers }).then(({ status }) => status);
    const forwarded = { 'x-forwarded-for': '10.0.0.5' };
    expect(await ask(forwarded)).toBe(404);
    expect(await ask({ ...forwarded, authorization: 'Bearer scrape-me' })).toBe(200);
  } finally {
    await platform.stop();
  }
});
