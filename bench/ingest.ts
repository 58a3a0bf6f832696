import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { openJournal } from '../adapters/journal/open-journal.ts';
import { createInProcessBus } from '../adapters/mqtt/in-process-bus.ts';
import { loadProfiles } from '../adapters/registry/load-profiles.ts';
import { createSiteDirectory } from '../adapters/registry/site-directory.ts';
import { openSqliteStores } from '../adapters/sql/sqlite-stores.ts';
import { parseSite } from '../contracts/site-file.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import type { Site } from '../core/topology/site.ts';
import { createIngest } from '../ingest/app.ts';
import { createSiteEngines } from '../ingest/site-engines.ts';
import { createStoreThread } from '../ingest/store-thread.main.ts';

const clock: Clock = { now: Date.now, monotonic: () => performance.now() };
const telemetry: Telemetry = { count() {}, gauge() {}, observe() {} };
const log: Logger = {
  debug() {},
  info() {},
  warn: (message, facts) => console.warn(message, facts),
  error: (message, facts) => console.error(message, facts),
};

export interface IngestLoad {
  /** Messages per second offered; each of eight values. */
  readonly rate: number;
  readonly seconds: number;
}

export interface IngestFigures {
  readonly acknowledgedPerSecond: number;
  readonly ackP50_ms: number;
  readonly ackP99_ms: number;
  /** Busy time of the main thread, the load's own share included. */
  readonly mainThreadPerMessage_us: number;
  readonly processCpuPerMessage_us: number;
  readonly loopDelayP99_ms: number;
  readonly loopDelayMax_ms: number;
}

export interface FullIngestFigures extends IngestFigures {
  /** From the last acknowledgement until everything was folded, and until every reading was stored. */
  readonly foldedAfter_ms: number;
  readonly storedAfter_ms: number;
  readonly stored: number;
}

type Accept = (topic: string, payload: Uint8Array, done: () => void) => void;

/** The journal alone: append to fdatasync. */
export async function benchJournal(load: IngestLoad): Promise<IngestFigures> {
  return withTemporary(async (directory) => {
    const journal = await openJournal({ directory, readers: [], clock, log, telemetry });
    const accept: Accept = (topic, payload, done) =>
      journal.append('message', topic, payload, false, () => done());
    const figures = await offer(load, 'bench', devicesOf(1_000), accept);
    await journal.close();
    return figures;
  });
}

/** Journal, decoding, detection with the real engine on the demo site, and the thread that stores readings. */
export async function benchIngest(load: IngestLoad): Promise<FullIngestFigures> {
  return withTemporary(async (directory) => {
    const site = await demoSite();
    const profiles = await loadProfiles();
    const bus = createInProcessBus({ log });
    const stores = await openSqliteStores({ file: join(directory, 'relight.db'), log });
    await stores.migrate();
    await stores.sites.put(site, site, { by: 'bench', at: Date.now() });
    const sites = createSiteDirectory({ sites: stores.sites, bus, log });
    await sites.start();
    const journalDirectory = join(directory, 'journal');
    const journal = await openJournal({
      directory: journalDirectory,
      readers: ['detect', 'store'],
      clock,
      log,
      telemetry,
    });
    const settings = {
      ...({ kind: 'duckdb', directory: join(directory, 'readings') } as const),
      ...{ memoryLimit_mb: 256, limit_bytes: 10e9 },
    };
    const thread = createStoreThread({
      ...{ settings, journal, journalDirectory, deadLetterDirectory: directory },
      ...{ sites, clock, log, telemetry },
    });
    const { incidents, evidence, leases, commands, events } = stores;
    const ingest = createIngest({
      ...{
        journal,
        directory: join(directory, 'ingest'),
        sites,
        profiles,
        engines: createSiteEngines(profiles),
      },
      ...{ incidents, evidence, leases, commands, events, bus, clock, log, telemetry },
    });
    await thread.start();
    await ingest.start();

    const from = Date.now();
    const figures = await offer(
      load,
      site.site.id,
      site.devices.map((device) => device.id),
      (topic, payload, done) => ingest.intake.accept(topic, payload, false, () => done()),
    );
    const acknowledged = performance.now();
    await ingest.settled(60_000);
    const folded = performance.now();
    while (thread.lag().records > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const stored = performance.now();
    const count = await thread.readings.count(site.site.id, from - 1_000, Date.now() + 1_000_000);
    await ingest.stop();
    await thread.stop();
    await journal.close();
    await sites.stop();
    await stores.close();
    return {
      ...figures,
      foldedAfter_ms: folded - acknowledged,
      storedAfter_ms: stored - acknowledged,
      stored: count,
    };
  });
}

async function demoSite(): Promise<Site> {
  const text = await readFile(new URL('../demo/demo.site.json', import.meta.url), 'utf8');
  const parsed = parseSite(JSON.parse(text));
  if (!('site' in parsed)) throw new Error('the demo site is not valid');
  return parsed.site;
}

function devicesOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `m-${n}`);
}

async function withTemporary<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'relight-bench-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Offers the load in slices of a few milliseconds, at most one window of unacknowledged messages ahead. */
async function offer(
  load: IngestLoad,
  site: string,
  devices: readonly string[],
  accept: Accept,
): Promise<IngestFigures> {
  const topics = devices.map((device) => `relight/${site}/${device}/telemetry`);
  const total = load.rate * load.seconds;
  const delays: number[] = [];
  const lastTs = new Float64Array(topics.length);
  let sent = 0;
  let acknowledged = 0;
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const cpu = process.cpuUsage();
  const busy = performance.eventLoopUtilization();
  const start = performance.now();
  while (acknowledged < total) {
    const due = Math.min(total, ((performance.now() - start) / 1_000) * load.rate);
    while (sent < due && sent - acknowledged < WINDOW) {
      const sentAt = performance.now();
      const device = sent % topics.length;
      // A reading is (device, ts): a device has at most one a millisecond.
      const ts = Math.max(Date.now(), (lastTs[device] ?? 0) + 1);
      lastTs[device] = ts;
      accept(topics[device] ?? '', payloadOf(sent, ts), () => {
        acknowledged += 1;
        if (acknowledged % 16 === 0) delays.push(performance.now() - sentAt);
      });
      sent += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const took_ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const { active } = performance.eventLoopUtilization(busy);
  loop.disable();
  delays.sort((a, b) => a - b);
  return {
    acknowledgedPerSecond: Math.round((total / took_ms) * 1_000),
    ackP50_ms: delays[delays.length >> 1] ?? 0,
    ackP99_ms: delays[Math.floor(delays.length * 0.99)] ?? 0,
    mainThreadPerMessage_us: (active * 1_000) / total,
    processCpuPerMessage_us: (user + system) / total,
    loopDelayP99_ms: loop.percentile(99) / 1e6,
    loopDelayMax_ms: loop.max / 1e6,
  };
}

const WINDOW = 16_000;

function payloadOf(n: number, ts: number): Buffer {
  return Buffer.from(
    `{"ts":${ts},"seq":${n},"voltage":230.${n % 10},"current":3.2,"power":812,"energy":12345.6,"frequency":50,"power_factor":0.98,"temperature":31.5,"rssi":-71}`,
  );
}
