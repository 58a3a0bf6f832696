import { createHash } from 'node:crypto';
import { connect as openSocket } from 'node:net';
import { connectAsync } from 'mqtt';
import { loadProfiles } from '../adapters/registry/load-profiles.ts';
import { createSiteDirectory } from '../adapters/registry/site-directory.ts';
import { createBroker } from '../broker/app.ts';
import { BROKER_LIMITS } from '../broker/limits.ts';
import { siteAccess } from '../broker/topic-access.ts';
import { parseSite } from '../contracts/site-file.ts';
import { createSiteEngine, restoreSiteEngine } from '../core/incidents/site-engine.ts';
import { createDecoder } from '../core/readings/decoder.ts';
import type { Profiles } from '../core/readings/profile.ts';
import type { Site } from '../core/topology/site.ts';
import { realClock, silentLog } from '../test/support/broker-world.ts';
import { attackWithPackets, PATIENT_LIMITS } from '../test/support/hostile-packets.ts';
import { openIngestWorld } from '../test/support/ingest-world.ts';
import { withDirectory } from '../test/support/journal.ts';
import { createHostileMessages, type HostileMessage } from './hostile-payloads.ts';
import { type Proof, randomFrom } from './proof.ts';

const WINDOW = 300;
const SETTLE_MS = 120_000;
const GATEWAY = 's1/m1';
const SECRET = 'secret-m1';

type Counts = Record<string, number>;

export const hostileMqtt: Proof = {
  name: 'hostile-mqtt',
  promise:
    'random and mutated payloads, then packets, through broker, journal, decoder, engine and stores: no crash, each refused one counted by reason',
  fullCount: 100_000,
  run: ({ count, seed, say }) =>
    withDirectory(async (directory) => {
      const profiles = await loadProfiles();
      const site = hostileSite();
      const world = await openIngestWorld(directory, [site], () => ({
        profiles,
        engines: {
          create: (of, newId) => createSiteEngine(of, profiles, newId),
          restore: (of, snapshot, newId) => restoreSiteEngine(of, profiles, newId, snapshot),
        },
      }));
      const sites = createSiteDirectory({ sites: world.stores.sites, bus: world.bus, log: silentLog });
      await sites.start();
      await world.stores.credentials.set(
        ...(['s1', 'm1', createHash('sha256').update(SECRET).digest('hex')] as const),
        Date.now(),
      );
      const { telemetry } = world;
      const broker = createBroker({
        ...{ host: '127.0.0.1', port: 0, intake: world.ingest.intake, sites, telemetry },
        credentials: world.stores.credentials,
        quarantine: world.stores.quarantine,
        clock: realClock,
        log: silentLog,
        limits: { ...BROKER_LIMITS, ...PATIENT_LIMITS },
      });
      await broker.start();
      const port = broker.address().port ?? 0;
      const faults: string[] = [];
      try {
        const expected = await sendPayloads(port, site, profiles, count, randomFrom(seed));
        if (!(await world.ingest.settled(SETTLE_MS))) faults.push('ingest did not settle');
        const counted = {
          ...ofName(telemetry.counts, 'relight_publishes_refused_total', 'broker '),
          ...ofName(telemetry.counts, 'relight_messages_refused_total', 'decoder '),
        };
        tell(say, expected, counted, faults);
        const refused = sum(counted);
        say(`${count} payloads: ${refused} refused and counted, ${count - refused} taken`);
        if (world.ingest.status().accepted !== count - sum(counted, 'broker '))
          faults.push(`journaled ${world.ingest.status().accepted}, not what the broker let through`);

        const attack = await attackWithPackets(() => opened(port), count, randomFrom(seed + 1));
        const afterwards = {
          ...ofName(telemetry.counts, 'relight_connections_broken_total', 'broken '),
          ...ofName(telemetry.counts, 'relight_connects_refused_total', 'connect refused '),
          'too large': telemetry.counts.get('relight_packets_too_large_total') ?? 0,
          'subscribes refused': telemetry.counts.get('relight_subscribes_refused_total') ?? 0,
        };
        say(
          `${attack.packets} packets over ${attack.connections} connections, ${attack.endedByBroker} ended by the broker`,
        );
        for (const [reason, n] of Object.entries(afterwards)) say(`  ${reason}: ${n}`);
        await stillServes(port);
        if (!(await world.ingest.settled(SETTLE_MS))) faults.push('ingest did not settle after the packets');
        for (const failure of ['relight_detection_failures_total', 'relight_incident_store_failures_total']) {
          const n = telemetry.counts.get(failure) ?? 0;
          if (n > 0) faults.push(`${failure} is ${n}: ${lastError(world.log.lines)}`);
        }
        const incidents = await world.stores.incidents.list({ sites: ['s1'], limit: 10_000 });
        for (const fault of faults) say(`  FAULT: ${fault}`);
        return {
          passed: faults.length === 0,
          figure: `${count} payloads, ${refused} refused, each counted by the expected reason; ${attack.packets} packets, ${attack.endedByBroker} connections ended by the broker, ${sum(afterwards)} refusals counted; ${incidents.length} incidents, 0 crashes`,
        };
      } finally {
        await broker.stop();
        await sites.stop();
        await world.close();
      }
    }),
};

/** A gateway `m1` with twenty meters behind it, under two breakers. */
function hostileSite(): Site {
  const units = Array.from({ length: 20 }, (_, n) => n + 1);
  const parsed = parseSite({
    site: {
      id: 's1',
      name: 's1',
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      nominal_v: 230,
      simulated: true,
    },
    nodes: [
      { id: 'U', kind: 'feed' },
      ...['R1', 'R2'].map((id) => ({ id, kind: 'breaker', fedBy: 'U' })),
      ...units.map((n) => ({ id: `u-${n}`, kind: 'unit', fedBy: n % 2 === 0 ? 'R1' : 'R2', phases: 'A' })),
    ],
    ties: [],
    transfers: [],
    gateways: [{ id: 'm1', poweredBy: 'U', via: null }],
    devices: units.map((n) => ({
      id: `d-${n}`,
      profile: 'native',
      node: `u-${n}`,
      via: 'm1',
      interval_s: 10,
    })),
    premises: [],
  });
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.site;
}

/** Publishes with QoS 1 and resolves when each is acknowledged, with what should have been refused, and why. */
async function sendPayloads(
  port: number,
  site: Site,
  profiles: Profiles,
  count: number,
  random: () => number,
): Promise<Counts> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    ...{ clientId: GATEWAY, username: GATEWAY, password: SECRET, reconnectPeriod: 0 },
  });
  const next = createHostileMessages(site, random);
  const judge = createJudge(site, profiles);
  const expected: Counts = {};
  let sent = 0;
  async function lane(): Promise<void> {
    while (sent < count) {
      sent += 1;
      const message = next();
      const reason = judge(message);
      if (reason !== null) expected[reason] = (expected[reason] ?? 0) + 1;
      await client.publishAsync(message.topic, message.payload, { qos: 1 });
    }
  }
  await Promise.all(Array.from({ length: WINDOW }, lane));
  await client.endAsync();
  return expected;
}

/** What the rules say about one message alone, whatever came before it. */
function createJudge(site: Site, profiles: Profiles): (message: HostileMessage) => string | null {
  const rights = siteAccess(site, BROKER_LIMITS.topic_length).of('m1');
  const decoder = createDecoder(
    { get: (id) => (id === site.site.id ? site : undefined), all: () => [site] },
    profiles,
  );
  return ({ topic, payload }) => {
    const verdict = rights?.mayPublish(topic) ?? 'not_yours';
    if (verdict !== 'intake') return `broker ${verdict}`;
    const decoded = decoder.decode(topic, payload, Date.now());
    return 'reason' in decoded ? `decoder ${decoded.reason}` : null;
  };
}

function ofName(counts: ReadonlyMap<string, number>, name: string, prefix: string): Counts {
  const found: Counts = {};
  for (const [key, n] of counts) {
    const reason = new RegExp(`^${name}\\{reason="(.*)"\\}$`).exec(key)?.[1];
    if (reason !== undefined) found[`${prefix}${reason}`] = n;
  }
  return found;
}

function tell(say: (text: string) => void, expected: Counts, counted: Counts, faults: string[]): void {
  for (const reason of [...new Set([...Object.keys(expected), ...Object.keys(counted)])].sort((a, b) =>
    a < b ? -1 : 1,
  )) {
    const [should, is] = [expected[reason] ?? 0, counted[reason] ?? 0];
    say(`  refused by ${reason}: ${is}`);
    if (should !== is) faults.push(`${reason}: ${should} sent, ${is} counted`);
  }
}

function sum(counts: Counts, prefix = ''): number {
  return Object.entries(counts).reduce((total, [key, n]) => (key.startsWith(prefix) ? total + n : total), 0);
}

function opened(port: number) {
  const socket = openSocket(port, '127.0.0.1');
  socket.on('error', () => {});
  return new Promise<typeof socket>((resolve) => socket.once('connect', () => resolve(socket)));
}

async function stillServes(port: number): Promise<void> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    ...{ clientId: GATEWAY, username: GATEWAY, password: SECRET, reconnectPeriod: 0 },
  });
  await client.publishAsync('relight/s1/d-1/telemetry', '{"voltage":230}', { qos: 1 });
  await client.endAsync();
}

function lastError(lines: readonly { level: string; message: string; facts: unknown }[]): string {
  const line = lines.findLast(({ level }) => level === 'error');
  const facts = line?.facts;
  const cause = typeof facts === 'object' && facts !== null && 'cause' in facts ? facts.cause : facts;
  return `${line?.message} ${cause instanceof Error ? cause.stack : JSON.stringify(cause)}`;
}
