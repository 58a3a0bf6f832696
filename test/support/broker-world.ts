import { createHash } from 'node:crypto';
import { connect as openSocket, type Socket } from 'node:net';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { type Broker, type BrokerDeps, createBroker } from '../../broker/app.ts';
import { BROKER_LIMITS, type BrokerLimits } from '../../broker/limits.ts';
import type { QuarantineEntry } from '../../core/ports/device-access.ts';
import type { Committed, JournalError } from '../../core/ports/journal.ts';
import type { StoredSite } from '../../core/ports/site-store.ts';
import { DETECTION_DEFAULTS } from '../../core/topology/detection-defaults.ts';
import type { Device, Gateway, Site } from '../../core/topology/site.ts';

export const realClock = { now: () => Date.now(), monotonic: () => performance.now() };

export const silentLog = { debug() {}, info() {}, warn() {}, error() {} };

export function countingTelemetry() {
  const counts = new Map<string, number>();
  return {
    count(name: string, labels: Readonly<Record<string, string>> = {}, by = 1) {
      const label = Object.values(labels).join(',');
      const key = label === '' ? name : `${name}{${label}}`;
      counts.set(key, (counts.get(key) ?? 0) + by);
    },
    gauge() {},
    observe() {},
    of: (key: string) => counts.get(key) ?? 0,
    counts,
  };
}

export function deviceOf(id: string, more: Partial<Device> = {}): Device {
  return {
    id,
    profile: 'native',
    node: 'U',
    side: 'out',
    phases: 'ABC',
    via: null,
    interval_s: 60,
    address: null,
    poweredBy: 'U',
    backfeed: false,
    inService: true,
    ...more,
  };
}

export function siteOf(id: string, devices: readonly Device[], gateways: readonly Gateway[] = []): Site {
  return {
    site: {
      id,
      name: id,
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      nominal_v: 230,
      detection: DETECTION_DEFAULTS,
      schemes: [],
      simulated: false,
    },
    nodes: [{ id: 'U', kind: 'feed', fedBy: null, phases: 'ABC', nominal_v: 230 }],
    ties: [],
    transfers: [],
    gateways,
    devices,
    premises: [],
  };
}

export function directoryOf(...sites: Site[]) {
  const stored = new Map<string, StoredSite>();
  const listeners = new Set<(id: string) => void>();
  const put = (site: Site) => {
    const version = (stored.get(site.site.id)?.version ?? 0) + 1;
    stored.set(site.site.id, { site, version, savedAt: 0 });
    for (const listener of listeners) listener(site.site.id);
  };
  for (const site of sites) put(site);
  return {
    get: (id: string) => stored.get(id),
    all: () => [...stored.values()],
    onChange(listener: (id: string) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    put,
  };
}

/** An intake whose commits the test controls; by default each is durable at once. */
export function recordingIntake() {
  const taken: { topic: string; payload: string; stored: boolean }[] = [];
  const waiting: Committed[] = [];
  let mode: 'commit' | 'hold' | JournalError = 'commit';
  return {
    taken,
    waiting,
    topics: () => taken.map((message) => message.topic),
    setMode(next: typeof mode) {
      mode = next;
    },
    commitAll() {
      for (const done of waiting.splice(0)) done();
    },
    accept(topic: string, payload: Uint8Array, stored: boolean, done: Committed) {
      if (typeof mode === 'object') {
        const error = mode;
        setImmediate(() => done(error));
        return;
      }
      taken.push({ topic, payload: Buffer.from(payload).toString(), stored });
      if (mode === 'hold') waiting.push(done);
      else setImmediate(done);
    },
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The site every broker test talks about: m1 alone, m2 and m3 behind g1, m4 behind g2 which reports through g1. */
export function brokerSite(): Site {
  return siteOf(
    's1',
    [
      deviceOf('m1'),
      deviceOf('m2', { via: 'g1' }),
      deviceOf('m3', { via: 'g1', address: 'shellies/em3-1' }),
      deviceOf('m4', { via: 'g2' }),
    ],
    [
      { id: 'g1', poweredBy: null, via: null },
      { id: 'g2', poweredBy: null, via: 'g1' },
    ],
  );
}

export interface BrokerWorld {
  readonly broker: Broker;
  readonly port: number;
  readonly intake: ReturnType<typeof recordingIntake>;
  readonly telemetry: ReturnType<typeof countingTelemetry>;
  readonly sites: ReturnType<typeof directoryOf>;
  readonly quarantined: QuarantineEntry['subject'][];
  readonly secrets: Map<string, string>;
  connect(id: string, options?: IClientOptions): Promise<MqttClient>;
  raw(): Promise<Socket>;
  stop(): Promise<void>;
}

/** A running broker on a free port; every id of the site has the secret `secret-<id>`. */
export async function startBroker(
  options: { limits?: Partial<BrokerLimits> } & Partial<Omit<BrokerDeps, 'limits' | 'intake'>> = {},
): Promise<BrokerWorld> {
  const intake = recordingIntake();
  const telemetry = countingTelemetry();
  const sites = directoryOf(brokerSite(), siteOf('s2', [deviceOf('x1')]));
  const quarantined: string[] = [];
  const secrets = new Map<string, string>();
  for (const { site } of sites.all()) {
    for (const { id } of [...site.devices, ...site.gateways]) {
      secrets.set(`${site.site.id}/${id}`, sha256(`secret-${id}`));
    }
  }
  const broker = createBroker({
    host: '127.0.0.1',
    port: 0,
    intake,
    telemetry,
    sites,
    clock: realClock,
    log: silentLog,
    credentials: {
      hashOf: async (site, id) => secrets.get(`${site}/${id}`) ?? null,
      set: async () => {},
      remove: async () => {},
    },
    quarantine: {
      note: async (entry) => {
        quarantined.push(`${entry.kind} ${entry.subject}`);
      },
      list: async () => [],
      remove: async () => {},
    },
    ...options,
    limits: { ...BROKER_LIMITS, ...options.limits },
  });
  await broker.start();
  const port = broker.address().port ?? 0;
  const clients: MqttClient[] = [];
  const sockets: Socket[] = [];

  return {
    broker,
    port,
    intake,
    telemetry,
    sites,
    quarantined,
    secrets,
    async connect(id, more = {}) {
      const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, credentialsOf(id, more));
      clients.push(client);
      await new Promise<void>((resolve, reject) => {
        client.once('connect', () => resolve());
        client.once('error', reject);
        client.once('close', () => reject(new Error('closed')));
      });
      client.on('error', () => {});
      return client;
    },
    async raw() {
      const socket = openSocket(port, '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => {});
      await new Promise<void>((resolve) => socket.once('connect', resolve));
      return socket;
    },
    async stop() {
      for (const client of clients) client.end(true);
      for (const socket of sockets) socket.destroy();
      await broker.stop();
    },
  };
}

export function credentialsOf(id: string, more: IClientOptions = {}): IClientOptions {
  const name = id.slice(id.indexOf('/') + 1);
  return {
    clientId: id,
    username: id,
    password: `secret-${name}`,
    protocolVersion: 4,
    reconnectPeriod: 0,
    connectTimeout: 5_000,
    ...more,
  };
}

export async function until(condition: () => boolean, within_ms = 5_000): Promise<void> {
  const end = performance.now() + within_ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Not true within ${within_ms} ms: ${condition}`);
    await pause(5);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
