import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import logEntry from '../../adapters/channels/log.ts';
import twilioEntry from '../../adapters/channels/twilio.ts';
import { createHmacSigner } from '../../adapters/links/hmac-signer.ts';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import { createAlerting } from '../../alerting/app.ts';
import type { AlertingLimits } from '../../alerting/limits.ts';
import type { Incident } from '../../core/incidents/incident.ts';
import type { Notice } from '../../core/notices/notice.ts';
import type { Bus } from '../../core/ports/bus.ts';
import type { Channel } from '../../core/ports/channel.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Delivery, Outbox } from '../../core/ports/outbox.ts';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';
import type { StoredSite } from '../../core/ports/site-store.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { DETECTION_DEFAULTS } from '../../core/topology/detection-defaults.ts';
import type { NetworkNode, Premises, Site } from '../../core/topology/site.ts';
import { createLogBook, createMeter, realClock } from './quiet.ts';
import { createTwilioDouble, type TwilioDouble } from './twilio-double.ts';

/** A property with one breaker over `units` units, each premises owned by somebody with a phone of their own. */
export function siteOf(units: number, over: Partial<Site['site']> = {}): Site {
  const node = (id: string, rest: Partial<NetworkNode>): NetworkNode => ({
    id,
    kind: 'unit',
    fedBy: 'R1',
    phases: 'ABC',
    nominal_v: 230,
    ...rest,
  });
  const ids = Array.from({ length: units }, (_, n) => `${1000 + n}`);
  return {
    site: {
      id: 's1',
      name: '金文大厦',
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      nominal_v: 230,
      detection: DETECTION_DEFAULTS,
      schemes: [],
      simulated: false,
      ...over,
    },
    nodes: [
      node('U', { kind: 'feed', fedBy: null }),
      node('R1', { kind: 'breaker', fedBy: 'U', name: '7栋总开关' }),
      ...ids.map((id) => node(`u-${id}`, { premises: id })),
    ],
    ties: [],
    transfers: [],
    gateways: [],
    devices: [],
    premises: ids.map(
      (id, n): Premises => ({
        id,
        building: '7',
        floor: 1,
        area_m2: '100',
        class: 'residential',
        owner: { name: `业主${n}`, phone: phoneOf(n), language: 'zh-CN' },
        occupant: null,
      }),
    ),
  };
}

export function phoneOf(n: number): string {
  return `+861380000${String(n).padStart(4, '0')}`;
}

export function incidentOf(site: Site, over: Partial<Incident> = {}): Incident {
  const at = Date.now() - 10_000;
  return {
    id: 'i1',
    kind: 'outage',
    planned: null,
    root: 'R1',
    rootSide: 'out',
    candidates: ['R1'],
    phases: 'ABC',
    state: 'open',
    mergedInto: null,
    nestedOf: null,
    onset: at,
    onsetEarliest: at,
    detectedAt: at,
    restoredAt: null,
    closedAt: null,
    momentary: false,
    flaps: 0,
    confidence: 0.99,
    explanation: { 'zh-CN': '40户中14户报告失电', en: '14 of 40 units reported loss' },
    affected: site.nodes
      .filter((node) => node.kind === 'unit')
      .map((node) => ({ node: node.id, phases: 'ABC', from: at, to: null, basis: 'confirmed' })),
    timeline: [],
    ...over,
  };
}

export function lostNotices(site: Site, incident: string, over: Partial<Notice> = {}): readonly Notice[] {
  return site.premises.flatMap(({ id, owner }) =>
    owner === null
      ? []
      : [
          {
            incident,
            stage: 'lost' as const,
            revision: 1,
            audience: 'owner' as const,
            recipient: owner.phone,
            premises: [id],
            at: Date.now(),
            ...over,
          },
        ],
  );
}

export function createLocalBus(): Bus {
  const listeners = new Map<string, Set<(body: never) => void>>();
  return {
    publish(subject, body) {
      for (const listener of listeners.get(subject) ?? []) listener(body as never);
    },
    subscribe(subject, listener) {
      const all = listeners.get(subject) ?? new Set();
      listeners.set(subject, all.add(listener));
      return () => void all.delete(listener);
    },
  };
}

export function directoryOf(sites: readonly Site[]): SiteDirectory {
  const stored = new Map(
    sites.map((site): [string, StoredSite] => [site.site.id, { site, version: 1, savedAt: 0 }]),
  );
  return { get: (id) => stored.get(id), all: () => [...stored.values()], onChange: () => () => {} };
}

const signer = createHmacSigner('key of the test');

export interface AlertingWorld {
  readonly stores: Stores;
  readonly double: TwilioDouble;
  readonly bus: Bus;
  readonly folder: string;
  readonly meter: ReturnType<typeof createMeter>;
  readonly logBook: ReturnType<typeof createLogBook>;
  /** Commits the incident and what is owed for it, as ingest would, and nudges. */
  owe(incident: Incident, notices: readonly Notice[]): Promise<void>;
  /** A sender over this world's outbox, not started. Each has a holder of its own. */
  sender(options?: SenderOptions): Lifecycle;
  /** A channel to the double. */
  twilio(): Channel;
  deliveries(): Promise<readonly Delivery[]>;
  /** Resolves when no delivery is owed or claimed. */
  settled(within_ms?: number): Promise<readonly Delivery[]>;
  close(): Promise<void>;
}

export interface SenderOptions {
  readonly limits?: Partial<AlertingLimits>;
  readonly soleSender?: boolean;
  readonly provider?: Channel | null;
  /** By channel of the outbox; in place of `provider`. */
  readonly providers?: ReadonlyMap<string, Channel>;
  readonly outbox?: (outbox: Outbox) => Outbox;
}

/** Quick enough for tests, otherwise the bounds of production. */
const LIMITS: Partial<AlertingLimits> = {
  poll_ms: 50,
  rate_per_s: 5_000,
  backoff_ms: 20,
  backoffMax_ms: 200,
  sendTimeout_ms: 400,
  lookups_ms: [0, 50, 100],
  claim_ms: 1_000,
};

export async function createAlertingWorld(sites: readonly Site[]): Promise<AlertingWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'relight-alerting-'));
  const logBook = createLogBook();
  const meter = createMeter();
  const double = await createTwilioDouble();
  const stores = await openSqliteStores({ file: join(folder, 'relight.db'), log: logBook });
  await stores.migrate();
  for (const site of sites) await stores.sites.put(site, {}, { by: 'test', at: Date.now() });
  const bus = createLocalBus();
  const epochs = new Map<string, number>();
  let position = 0;
  let senders = 0;

  async function deliveries(): Promise<readonly Delivery[]> {
    const lists = await Promise.all(
      sites.map(({ site }) => stores.outbox.list({ site: site.id, limit: 20_000 })),
    );
    return lists.flat();
  }

  function twilio(): Channel {
    const { accountSid, authToken, url: baseUrl } = double;
    const settings = { accountSid, authToken, baseUrl, from: '+15005550006', timeout_ms: 300 };
    const opened = twilioEntry.open(settings, { clock: realClock, log: logBook, publicUrl: null });
    if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
    return opened.channel;
  }

  return {
    stores,
    double,
    twilio,
    bus,
    folder,
    meter,
    logBook,
    deliveries,
    async owe(incident, notices) {
      const site = sites[0]?.site.id ?? '';
      const epoch = epochs.get(site) ?? (await stores.leases.acquire(site, 'test', 600_000)) ?? 0;
      epochs.set(site, epoch);
      position += 1;
      const changes = { incidents: [incident], ledger: [], notices };
      const applied = await stores.incidents.apply({ site, position, epoch, at: Date.now(), changes });
      if (applied !== 'applied') throw new Error(applied);
      bus.publish('notices', { site });
    },
    sender({
      limits = {},
      soleSender = false,
      provider,
      providers,
      outbox = (same: Outbox) => same,
    }: SenderOptions = {}) {
      senders += 1;
      const context = { clock: realClock, log: logBook, publicUrl: null };
      const log = logEntry.open({ file: join(folder, 'messages.jsonl') }, context);
      if (!log.ok) throw new Error('settings');
      return createAlerting({
        stores: { ...stores, outbox: outbox(stores.outbox) },
        channels: {
          log: log.channel,
          providers: providers ?? new Map(provider === null ? [] : [['sms', provider ?? twilio()]]),
        },
        sites: directoryOf(sites),
        bus,
        clock: realClock,
        log: logBook,
        telemetry: meter,
        holder: `sender-${senders}`,
        soleSender,
        random: () => 0.5,
        signer,
        publicUrl: 'https://relight.test',
        limits: { ...LIMITS, ...limits },
      });
    },
    async settled(within_ms = 40_000) {
      const until = Date.now() + within_ms;
      for (;;) {
        const states = ['owed', 'claimed'] as const;
        const lists = await Promise.all(
          sites.map(({ site }) => stores.outbox.list({ site: site.id, states, limit: 1 })),
        );
        const [open] = lists.flat();
        if (open === undefined) return await deliveries();
        if (Date.now() > until) throw new Error(`still open: ${JSON.stringify(open)}`);
        await new Promise((done) => setTimeout(done, 20));
      }
    },
    async close() {
      await double.close();
      await stores.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
