import type { Site } from '../core/topology/site.ts';
import { type Chance, createChance } from './chance.ts';
import { createLink, type Link, type LinkCounts, type Message } from './link.ts';
import type { Timeline } from './timeline.ts';
import type { World } from './world.ts';

/** A gateway's capacitors carry it through the last gasps of its meters. */
const HOLD_UP_MS = 1_500;
const BOOT_MS: readonly [number, number] = [8_000, 20_000];
/** Messages that living devices keep while their gateway is dead. */
const KEPT_MAX = 500;

export interface NetworkDeps {
  readonly site: Site;
  readonly world: World;
  readonly timeline: Timeline;
  readonly url: string;
  readonly secretOf: (id: string) => string | undefined;
  readonly seed: string;
  /** Over which the first connects are spread. */
  readonly spread_ms: number;
  onReport(device: string): void;
  onAcknowledged?(message: Message): void;
}

/** The communication side of a site: one connection per gateway, and one per device that reports by itself. */
export interface Network {
  start(): void;
  /** Hands a device's message to whatever carries it. While that is dead the message is lost, or kept by the device. */
  send(device: string, message: Message, keep: boolean): void;
  /** A device lost its supply, and with it the events it kept. */
  forget(device: string): void;
  setCut(client: string, cut: boolean): boolean;
  setDisorder(client: string, duplicates: number, delay_ms: number): boolean;
  counts(): LinkCounts & { readonly connections: number; readonly connected: number };
  stop(): Promise<void>;
}

interface Station {
  readonly id: string;
  readonly link: Link;
  readonly chance: Chance;
  /** Whether it has supply, seen from the world alone. */
  hasSupply(): boolean;
  readonly via: string | null;
  powered: boolean;
  cut: boolean;
  /** Powered, not cut, and so is every gateway between it and the broker. */
  reaches: boolean;
  duplicates: number;
  delay_ms: number;
  kept: { readonly device: string; readonly message: Message }[];
}

export function createNetwork(deps: NetworkDeps): Network {
  const { site, world, timeline, seed } = deps;
  const stations = new Map<string, Station>();
  const carrier = new Map<string, Station>();
  const behind = new Map<string, string[]>();
  for (const { id, via, address } of site.devices) {
    if (address?.startsWith('modbus:')) continue;
    behind.set(via ?? id, [...(behind.get(via ?? id) ?? []), id]);
  }
  const live = (node: string | null) =>
    node === null || (world.live().outgoing[world.grid.index.get(node) ?? -1] ?? 0) !== 0;
  const fed = (node: string) => (world.live().incoming[world.grid.index.get(node) ?? -1] ?? 0) !== 0;
  const kinds = new Map(site.nodes.map(({ id, kind }) => [id, kind]));
  const supplied = (node: string | null) =>
    node !== null && kinds.get(node) === 'unit' ? fed(node) : live(node);

  for (const { id, poweredBy, via } of site.gateways) add(id, via, () => supplied(poweredBy));
  for (const device of site.devices) {
    if (device.via !== null || device.address?.startsWith('modbus:')) continue;
    const own = device.poweredBy === device.node && device.side === 'in';
    if (!stations.has(device.id))
      add(device.id, null, () => (own ? fed(device.node) : supplied(device.poweredBy)));
  }
  for (const { id, via } of site.devices) {
    const station = stations.get(via ?? id);
    if (station !== undefined) carrier.set(id, station);
  }

  function add(id: string, via: string | null, hasSupply: () => boolean): void {
    const chance = createChance(`${seed} link ${id}`);
    const base = `relight/${site.site.id}`;
    const status = (payload: string): Message => ({ topic: `${base}/${id}/status`, payload, retain: true });
    const link = createLink({
      url: deps.url,
      client: `${site.site.id}/${id}`,
      secret: deps.secretOf(id),
      birth: status('online'),
      will: status('offline'),
      subscribe: (behind.get(id) ?? []).map((device) => `${base}/${device}/command`),
      random: () => chance.next(),
      onMessage: (topic, payload) => onCommand(topic, payload),
      onAcknowledged: (message) => deps.onAcknowledged?.(message),
    });
    const station: Station = {
      id,
      link,
      chance,
      hasSupply,
      via,
      powered: hasSupply(),
      cut: false,
      reaches: false,
      duplicates: 0,
      delay_ms: 0,
      kept: [],
    };
    stations.set(id, station);
  }

  function onCommand(topic: string, payload: Uint8Array): void {
    const [, , device = ''] = topic.split('/');
    if (/"do"\s*:\s*"report"/.test(Buffer.from(payload).toString('utf8', 0, 1_000))) deps.onReport(device);
  }

  function reaches(station: Station): boolean {
    let at: Station | undefined = station;
    for (let steps = 0; at !== undefined && steps <= stations.size; steps++) {
      if (!at.powered || at.cut) return false;
      if (at.via === null) return true;
      at = stations.get(at.via);
    }
    return at === undefined;
  }

  /** Brings every link to what supply and lines allow. */
  function settle(delayOf: (station: Station) => number): void {
    for (const station of stations.values()) {
      const can = reaches(station);
      if (can === station.reaches) continue;
      station.reaches = can;
      if (can) {
        station.link.up(delayOf(station));
        for (const { message } of station.kept.splice(0)) station.link.send(message);
      } else if (station.powered) station.link.cut();
      else station.link.die();
    }
  }

  function look(): void {
    for (const station of stations.values()) {
      const has = station.hasSupply();
      if (station.powered && !has) {
        timeline.at(timeline.now() + HOLD_UP_MS, () => {
          if (station.hasSupply()) return;
          station.powered = false;
          settle(bootDelay);
        });
      } else if (!station.powered && has) {
        station.powered = true;
      }
    }
    settle(bootDelay);
  }

  function bootDelay(station: Station): number {
    // A meter of its own boots in seconds, a gateway takes longer.
    const [low, high] = behind.get(station.id)?.includes(station.id) ? [1_000, 4_000] : BOOT_MS;
    return station.chance.between(low, high);
  }

  function carry(station: Station, message: Message): void {
    station.link.send(message);
    if (station.chance.below(station.duplicates)) station.link.send({ ...message });
  }

  return {
    start() {
      settle((station) => station.chance.next() * deps.spread_ms);
      world.onChange(look);
    },
    send(device, message, keep) {
      const station = carrier.get(device);
      if (station === undefined) return;
      if (!station.powered) {
        if (!keep) return;
        station.kept.push({ device, message });
        if (station.kept.length > KEPT_MAX) station.kept.shift();
      } else if (station.delay_ms > 0) {
        timeline.at(timeline.now() + station.chance.next() * station.delay_ms, () => carry(station, message));
      } else {
        carry(station, message);
      }
    },
    forget(device) {
      const station = carrier.get(device);
      if (station !== undefined) station.kept = station.kept.filter((entry) => entry.device !== device);
    },
    setCut(client, cut) {
      const station = stations.get(client);
      if (station === undefined) return false;
      station.cut = cut;
      settle((one) => one.chance.between(200, 1_500));
      return true;
    },
    setDisorder(client, duplicates, delay_ms) {
      const station = stations.get(client);
      if (station === undefined) return false;
      station.duplicates = duplicates;
      station.delay_ms = delay_ms;
      return true;
    },
    counts() {
      const total = {
        sent: 0,
        acknowledged: 0,
        dropped: 0,
        connects: 0,
        connections: stations.size,
        connected: 0,
      };
      for (const { link } of stations.values()) {
        total.sent += link.counts.sent;
        total.acknowledged += link.counts.acknowledged;
        total.dropped += link.counts.dropped;
        total.connects += link.counts.connects;
        if (link.isConnected()) total.connected += 1;
      }
      return total;
    },
    async stop() {
      await Promise.all([...stations.values()].map(({ link }) => link.stop()));
    },
  };
}
