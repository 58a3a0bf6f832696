import { join } from 'node:path';
import { io } from 'socket.io-client';
import { openDuckdbReadingStore } from '../adapters/duckdb/open-reading-store.ts';
import { openInfluxReadingStore } from '../adapters/influx/open-reading-store.ts';
import { createLogger } from '../adapters/log/pino-logger.ts';
import type { IngestReply } from '../contracts/http/ingest.ts';
import type { Values } from '../contracts/live.ts';
import { startInflux } from '../scripts/services/influx.ts';
import { type Bench, type Figure, quantileOf } from './figures.ts';
import { fleetSite } from './fleet-site.ts';
import type { LoadClient, LoadPlan, LoadResult } from './load.ts';
import {
  type PlatformProcess,
  prepareSite,
  removeDirectory,
  type Session,
  signIn,
  startPlatform,
  temporaryDirectory,
} from './platform-process.ts';
import { loadBeside } from './run-load.ts';

const CONNECTIONS = 1_000;
const SECONDS = 20;
const DRAIN_MS = 120_000;
const SITE = fleetSite(CONNECTIONS);

type Store = 'embedded' | 'influx';

const STORES: readonly Store[] = ['embedded', 'influx'];

/** Publishers -> broker -> journal -> detection and store -> board, everything on, the generator on the same machine. */
export const endToEnd: Bench = {
  name: 'end-to-end',
  async run(say) {
    const figures: Figure[] = [];
    for (const store of STORES) {
      const aim = store === 'embedded' ? 20_000 : 10_000;
      figures.push(...(await measure(store, { rate_per_s: aim, window: 16 }, say)));
      figures.push(...(await measure(store, { rate_per_s: null, window: 16 }, say)));
    }
    return figures;
  },
};

async function measure(
  store: Store,
  load: Pick<LoadPlan, 'rate_per_s' | 'window'>,
  say: (text: string) => void,
): Promise<Figure[]> {
  const directory = temporaryDirectory();
  const influx = store === 'influx' ? await startInflux() : null;
  try {
    const secrets = await prepareSite(directory, SITE.file);
    const platform = await startPlatform({
      directory,
      env: influx === null ? {} : influxEnvironment(influx.url),
    });
    const session = await signIn(platform);
    const board = watchBoard(platform, session);
    const lags = watchLag(session);
    const began = Date.now();
    const result = await loadBeside({
      port: platform.mqttPort,
      clients: clientsOf(secrets),
      duration_s: SECONDS,
      connectsPerSecond: 500,
      ...load,
    });
    const stored = await drained(session, result.acknowledged);
    const boardLags = board.stop();
    const lag = lags.stop();
    const rss = platform.rss_mb();
    await platform.stop();
    const rows = influx === null ? await countRows(directory, began) : await countInflux(influx.url, began);
    const name = `${store}, ${load.rate_per_s === null ? 'as fast as acknowledged' : `${load.rate_per_s}/s offered`}`;
    say(`${name}: ${JSON.stringify({ ...result, perClient: undefined })}`);
    return figuresOf(name, load.rate_per_s, result, { rows, lag, boardLags, rss, stored });
  } finally {
    await influx?.stop();
    removeDirectory(directory);
  }
}

interface Measured {
  readonly rows: number;
  readonly lag: readonly number[];
  readonly boardLags: readonly number[];
  readonly rss: number;
  readonly stored: boolean;
}

function figuresOf(name: string, rate: number | null, result: LoadResult, measured: Measured): Figure[] {
  const perSecond = result.acknowledged / result.seconds;
  const lost = result.acknowledged - measured.rows;
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return [
    {
      name: `${name}: acknowledged`,
      value: `${perSecond.toFixed(0)} messages/s`,
      ...(rate === null ? {} : { aim: `${rate}/s`, met: perSecond >= rate * 0.98 }),
    },
    {
      name: `${name}: lost of ${result.acknowledged} acknowledged`,
      value: String(Math.max(0, lost)),
      aim: '0',
      met: lost <= 0 && measured.stored,
    },
    { name: `${name}: publish to PUBACK p50 / p99`, value: `${ms(result.p50_ms)} / ${ms(result.p99_ms)}` },
    {
      name: `${name}: publish to stored p50 / p99 (age of the oldest reading not stored)`,
      value: `${ms(quantileOf(measured.lag, 0.5))} / ${ms(quantileOf(measured.lag, 0.99))}`,
    },
    {
      name: `${name}: publish to board p50 / p99`,
      value: `${ms(quantileOf(measured.boardLags, 0.5))} / ${ms(quantileOf(measured.boardLags, 0.99))}`,
    },
    { name: `${name}: memory`, value: `${measured.rss.toFixed(0)} MB` },
    { name: `${name}: generator CPU`, value: `${result.cpu_us_per_message.toFixed(1)} µs/message` },
  ];
}

function clientsOf(secrets: ReadonlyMap<string, string>): LoadClient[] {
  return SITE.devices.map((device) => ({
    username: `${SITE.id}/${device}`,
    password: secrets.get(device) ?? '',
    topic: `relight/${SITE.id}/${device}/telemetry`,
  }));
}

/** Publish to board: what a browser would see, from the newest value in a frame to its arrival. */
function watchBoard(platform: PlatformProcess, session: Session): { stop(): number[] } {
  const lags: number[] = [];
  const socket = io(platform.url, {
    path: '/api/v1/live',
    transports: ['websocket'],
    extraHeaders: { cookie: session.cookie },
  });
  socket.on('connect', () => {
    socket.emit('resume', { site: SITE.id, after: null }, () => undefined);
    socket.emit('watch', { site: SITE.id, devices: 'all' }, () => undefined);
  });
  socket.on('values', (frame: Values) => {
    const now = Date.now();
    for (const { ts } of frame.values) lags.push(now - Date.parse(ts));
  });
  return {
    stop() {
      socket.close();
      return lags;
    },
  };
}

function watchLag(session: Session): { stop(): number[] } {
  const lags: number[] = [];
  const timer = setInterval(async () => {
    const status = await session.get<IngestReply>('/ingest').catch(() => null);
    const store = status?.readers.find(({ reader }) => reader === 'store');
    if (store !== undefined) lags.push(store.lag_s * 1000);
  }, 250);
  return {
    stop() {
      clearInterval(timer);
      return lags;
    },
  };
}

/** Waits until both readers stand at the end of the journal. */
async function drained(session: Session, accepted: number): Promise<boolean> {
  const until = Date.now() + DRAIN_MS;
  while (Date.now() < until) {
    const status = await session.get<IngestReply>('/ingest').catch(() => null);
    // A tick a second keeps the end moving by a record or two.
    if (status !== null && status.accepted >= accepted && status.readers.every(({ records }) => records < 10))
      return true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return false;
}

async function countRows(directory: string, from: number): Promise<number> {
  const store = await openDuckdbReadingStore({
    directory: join(directory, 'readings'),
    memoryLimit_mb: 512,
    limit_bytes: 1e12,
    log: createLogger({ level: 'error' }),
  });
  try {
    return await store.count(SITE.id, from - 60_000, Date.now() + 60_000);
  } finally {
    await store.close();
  }
}

async function countInflux(address: string, from: number): Promise<number> {
  const { url, bucket, username, password } = influxAddress(address);
  const store = await openInfluxReadingStore({
    url,
    bucket,
    ...(username === '' ? {} : { username, password }),
    timeout_ms: 60_000,
    log: createLogger({ level: 'error' }),
  });
  try {
    return await store.count(SITE.id, from - 60_000, Date.now() + 60_000);
  } finally {
    await store.close();
  }
}

function influxEnvironment(address: string): Record<string, string> {
  const { url, bucket, username, password } = influxAddress(address);
  return { INFLUX_URL: url, INFLUX_BUCKET: bucket, INFLUX_USERNAME: username, INFLUX_PASSWORD: password };
}

function influxAddress(address: string) {
  const { origin, username, password } = new URL(address);
  return {
    url: origin,
    bucket: 'relight_bench',
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
}
