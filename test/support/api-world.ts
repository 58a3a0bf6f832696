import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { createChannelDesk } from '../../adapters/channels/set-up/desk.ts';
import { createChannelDirectory } from '../../adapters/channels/set-up/directory.ts';
import { createHmacSigner } from '../../adapters/links/hmac-signer.ts';
import { loadPayouts } from '../../adapters/registry/load-payouts.ts';
import { loadSchemes } from '../../adapters/registry/load-schemes.ts';
import { createSchemeDirectory } from '../../adapters/registry/scheme-directory.ts';
import { createSiteDirectory } from '../../adapters/registry/site-directory.ts';
import { createAesBox } from '../../adapters/secrets/aes-box.ts';
import { readXlsx } from '../../adapters/spreadsheet/read-xlsx.ts';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import { ALERTING_LIMITS } from '../../alerting/limits.ts';
import { createSessions } from '../../api/access/sessions.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { buildServer } from '../../api/server.ts';
import { loadChannels } from '../../cli/parts/load-channels.ts';
import { createTrials } from '../../cli/trials/create-trials.ts';
import { parseSite } from '../../contracts/site-file.ts';
import type { Changes, NodeState } from '../../core/incidents/engine.ts';
import type { Incident } from '../../core/incidents/incident.ts';
import type { Bus, BusMessages, LiveValue } from '../../core/ports/bus.ts';
import type { Channel } from '../../core/ports/channel.ts';
import type { IngestStatus, IngestView } from '../../core/ports/ingest-view.ts';
import type { Role, User } from '../../core/ports/people.ts';
import type { ReadingStore } from '../../core/ports/reading-store.ts';
import type { SimulatorAction } from '../../core/ports/simulator-control.ts';
import type { Site } from '../../core/topology/site.ts';
import { createBackTests } from '../../settlement/back-tests.ts';
import { createLogBook, createMeter, realClock } from './quiet.ts';

export const PHONE = '+8613812345678';
export const OWNER = '王建国';

/** A site with a breaker over two units, one gateway, one device and one owner. */
export function siteFile(id: string, over: Record<string, unknown> = {}) {
  return {
    site: {
      id,
      name: `小区 ${id}`,
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      nominal_v: 230,
      simulated: true,
      ...over,
    },
    nodes: [
      { id: 'U', kind: 'feed' },
      { id: 'R1', kind: 'breaker', fedBy: 'U' },
      { id: 'u-1', kind: 'unit', fedBy: 'R1', premises: '1' },
      { id: 'u-2', kind: 'unit', fedBy: 'R1', premises: '2' },
    ],
    ties: [],
    transfers: [],
    gateways: [{ id: 'GW1', poweredBy: 'R1', via: null }],
    devices: [{ id: 'm-1', profile: 'native', node: 'u-1', via: 'GW1', interval_s: 60 }],
    premises: [
      {
        id: '1',
        building: '7',
        floor: 1,
        area_m2: '98.4',
        class: 'residential',
        owner: { name: OWNER, phone: PHONE, language: 'zh-CN' },
      },
      { id: '2', building: '7', floor: 2, area_m2: '60', class: 'residential' },
    ],
  };
}

export function siteNamed(id: string): Site {
  const parsed = parseSite(siteFile(id));
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.site;
}

export function createTestBus(): Bus {
  const listeners = new Map<string, Set<(body: never) => void>>();
  return {
    publish(subject, body) {
      for (const listener of listeners.get(subject) ?? [])
        (listener as (body: BusMessages[typeof subject]) => void)(body);
    },
    subscribe(subject, listener) {
      const some = listeners.get(subject) ?? new Set();
      listeners.set(subject, some.add(listener as (body: never) => void));
      return () => some.delete(listener as (body: never) => void);
    },
  };
}

export interface Hand {
  readonly user: User;
  readonly headers: Record<string, string>;
}

export type ApiWorld = Awaited<ReturnType<typeof openApiWorld>>;

/** The API over real embedded stores with two sites, `s1` and `s2`; ingest, readings and simulator are set by the test. */
export async function openApiWorld(over: Partial<ApiDeps> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'relight-api-'));
  const log = createLogBook();
  const telemetry = createMeter();
  const bus = createTestBus();
  const now = { at: Date.parse('2026-01-01T00:00:00Z'), mono: 0 };
  const clock = { now: () => now.at, monotonic: () => now.mono };
  const stores = await openSqliteStores({ file: join(directory, 'relight.db'), log });
  await stores.migrate();
  for (const id of ['s1', 's2']) {
    await stores.sites.put(siteNamed(id), siteFile(id), { by: 'test', at: now.at, ifVersion: 0 });
  }
  const sites = createSiteDirectory({ sites: stores.sites, bus, log });
  await sites.start();

  const states = new Map<string, NodeState[]>();
  const latest = new Map<string, LiveValue[]>();
  const status: { value: IngestStatus } = {
    value: {
      accepting: true,
      startedAt: now.at,
      lastMessageAt: null,
      accepted: 3,
      refused: { unknown_topic: 1 },
      journalFull: false,
      readers: [{ reader: 'detect', records: 0, lag_s: 0, error: null }],
      blind: null,
    },
  };
  const remembers = { value: true };
  const out: string[] = [];
  const ingest: IngestView = {
    status: () => status.value,
    nodeStates: (site) => states.get(site) ?? [],
    remembers: () => remembers.value,
    outOfService: () => out,
    latest: (site) => latest.get(site) ?? [],
  };
  const readings: ReadingStore = {
    write: async () => undefined,
    history: async ({ fields, from }) => [
      {
        at: from,
        count: 2,
        min: fields.map(() => 0),
        max: fields.map(() => 231.5),
        mean: fields.map(() => null),
      },
    ],
    count: async () => 0,
    retain: async () => undefined,
    ready: async () => 'memory',
    close: async () => undefined,
  };
  const acts: SimulatorAction[] = [];
  const simulatorAway = { value: false };
  const channelDeps = {
    entries: await loadChannels(),
    store: stores.channelSettings,
    box: createAesBox(Buffer.alloc(32, 7)),
    environment: new Map(),
    bus,
    log,
    context: { clock: realClock, log, publicUrl: 'http://relight.test' },
  };
  const acceptsAll: Channel = {
    id: 'log',
    send: async () => ({ outcome: 'accepted', providerId: 'LG1', segments: 1 }),
  };
  const channelDirectory = createChannelDirectory(channelDeps);
  const schemes = createSchemeDirectory({
    shipped: await loadSchemes('schemes'),
    store: stores.schemes,
    log,
  });
  const { incidents, facts, people: persons } = stores;
  const ground = { incidents, facts, people: persons, sites, schemes: schemes.known, clock, log };
  const deps: ApiDeps = {
    readSpreadsheet: readXlsx,
    host: '127.0.0.1',
    port: 0,
    stores,
    readings,
    ingest,
    sites,
    schemes: schemes.known,
    refreshSchemes: () => schemes.refresh(),
    backTests: createBackTests(ground),
    signer: createHmacSigner('key of the test'),
    bus,
    clock,
    log,
    telemetry,
    metrics: { contentType: 'text/plain', render: async () => 'relight_up 1\n' },
    publicUrl: 'http://relight.test',
    trustProxy: false,
    sessionHours: 12,
    secureCookies: false,
    dashboardDirectory: null,
    simulator: {
      state: async () => ({ switches: [{ node: 'R1', closed: true }] }),
      act: async (_site, action) => {
        if (simulatorAway.value) return 'away';
        if (action.node !== 'R1') return 'unknown_node';
        acts.push(action);
        return 'done';
      },
    },
    channels: createChannelDesk({ ...channelDeps, logged: acceptsAll }, channelDirectory),
    messageCaps: ALERTING_LIMITS,
    trials: createTrials({ stores, bus, clock: realClock, log }),
    payouts: await loadPayouts(),
    version: '0.0.0-test',
    ...over,
  };
  const { server } = await buildServer(deps);
  await server.ready();
  const sessions = createSessions({ users: stores.users, clock, sessionHours: 12, idleMinutes: 120 });
  let people = 0;

  async function hire(role: Role, scope: User['sites'], more: Partial<User> = {}): Promise<Hand> {
    people += 1;
    const user: User = {
      id: `user${people}`,
      login: `${role}${people}`,
      name: role,
      role,
      sites: scope,
      passwordHash: '-',
      language: 'zh-CN',
      theme: 'system',
      active: true,
      createdAt: now.at,
      ...more,
    };
    await stores.users.add(user);
    const { token, session } = await sessions.begin(user);
    return { user, headers: { cookie: `relight_session=${token}`, 'x-csrf-token': session.csrf } };
  }

  return {
    deps,
    server,
    stores,
    sites,
    bus,
    log,
    telemetry,
    now,
    states,
    remembers,
    out,
    latest,
    status,
    acts,
    simulatorAway,
    directory,
    hire,
    ask(options: InjectOptions & { readonly by?: Hand }): Promise<LightMyRequestResponse> {
      const { by, headers, ...rest } = options;
      return server.inject({ ...rest, headers: { ...by?.headers, ...headers } });
    },
    async close() {
      await server.close();
      await sites.stop();
      await stores.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function incidentAt(id: string, detectedAt: number, over: Partial<Incident> = {}): Incident {
  return {
    id,
    kind: 'outage',
    planned: null,
    root: 'R1',
    rootSide: 'out',
    candidates: ['R1'],
    phases: 'ABC',
    state: 'open',
    mergedInto: null,
    nestedOf: null,
    onset: detectedAt - 5000,
    onsetEarliest: detectedAt - 9000,
    detectedAt,
    restoredAt: null,
    closedAt: null,
    momentary: false,
    flaps: 0,
    confidence: 0.98,
    explanation: { 'zh-CN': '停电', en: 'Lost' },
    affected: [{ node: 'u-1', phases: 'ABC', from: detectedAt - 5000, to: null, basis: 'confirmed' }],
    timeline: [{ at: detectedAt, event: 'opened', reason: 'test' }],
    ...over,
  };
}

/** Writes incidents the way ingest does. */
export function createScribe(world: Pick<ApiWorld, 'stores' | 'now'>, site = 's1') {
  let epoch: number | null = null;
  let position = 0;
  return async (changes: Partial<Changes>): Promise<void> => {
    epoch ??= await world.stores.leases.acquire(site, 'test', 3_600_000);
    position += 1;
    const whole = { incidents: [], ledger: [], notices: [], ...changes };
    const write = { site, position, epoch: epoch ?? 0, at: world.now.at, changes: whole };
    const outcome = await world.stores.incidents.apply(write);
    if (outcome !== 'applied') throw new Error(outcome);
  };
}

export { realClock };
