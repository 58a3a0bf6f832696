import type { Site } from '../../core/topology/site.ts';
import { maskOf } from '../../core/units/phases.ts';
import type { Instant } from '../../core/units/time.ts';

/** A loss of supply as it truly happened: everything below `node` (and the node's own out side), or from its in side on. */
export interface Cut {
  readonly node: string;
  readonly side?: 'in' | 'out';
  readonly from: Instant;
  /** Null: until the end. */
  readonly to: Instant | null;
  readonly phases?: string;
}

export interface FieldOptions {
  readonly start: Instant;
  readonly until: Instant;
  readonly cuts?: readonly Cut[];
  readonly seed?: number;
  /** Chance that a last gasp arrives. */
  readonly gasp?: number;
  /** Largest delay of a gasp after the loss. */
  readonly gaspSpread_ms?: number;
  /** Clock error by device, added to every ts. */
  readonly skew?: (device: string) => number;
  /** Gateways out of reach: nothing from their devices arrives in between. */
  readonly links?: readonly {
    readonly gateway: string;
    readonly from: Instant;
    readonly to: Instant;
    readonly wills?: boolean;
  }[];
  /** Devices that say nothing at all from `from` on. */
  readonly mute?: readonly { readonly device: string; readonly from: Instant; readonly to: Instant | null }[];
  /** Live voltage of a device at an instant, instead of the nominal one. */
  readonly voltages?: (device: string, at: Instant) => Readonly<Record<string, number>> | undefined;
  /** Whether the first message after a return waits for the next regular one. */
  readonly lateReturn_ms?: number;
}

export interface FieldEvent {
  readonly at: Instant;
  readonly topic: string;
  readonly payload: unknown;
}

const UP_SINCE_MS = 40 * 86_400_000;

/** Small seeded generator (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What the meters of a site would publish, given what truly happens. */
export function fieldEvents(site: Site, options: FieldOptions): FieldEvent[] {
  const chance = random(options.seed ?? 1);
  const events: FieldEvent[] = [];
  for (const device of site.devices) {
    if (!device.inService) continue;
    const phase = Math.floor(chance() * device.interval_s * 1000);
    const skew = options.skew?.(device.id) ?? 0;
    const put = (at: Instant, tail: string, payload: object, ts = at) => {
      if (at < options.start || at > options.until) return;
      events.push({
        at,
        topic: `relight/${site.site.id}/${device.id}/${tail}`,
        payload: { ts: ts + skew, ...payload },
      });
    };
    const own = cutsOver(site, options.cuts ?? [], device.node, device.side);
    const supply =
      device.poweredBy === device.node ? own : cutsOver(site, options.cuts ?? [], device.poweredBy, 'out');
    const mask = maskOf(device.phases);
    const deadPhases = (at: Instant, cuts: readonly Cut[]) =>
      cuts.reduce(
        (dead, cut) =>
          at >= cut.from && (cut.to === null || at < cut.to) ? dead | maskOf(cut.phases ?? 'ABC') : dead,
        0,
      );
    const powered = (at: Instant) => (mask & ~deadPhases(at, supply)) !== 0 || device.backfeed;
    const reachable = (at: Instant) =>
      !(options.links ?? []).some(
        ({ gateway, from, to }) => device.via === gateway && at >= from && at < to,
      ) &&
      !(options.mute ?? []).some(
        ({ device: id, from, to }) => id === device.id && at >= from && (to === null || at < to),
      );
    let boot = options.start - UP_SINCE_MS;
    const telemetry = (at: Instant) => {
      if (!powered(at) || !reachable(at)) return;
      const dead = device.backfeed ? 0 : deadPhases(at, own);
      const volts = options.voltages?.(device.id, at) ?? voltages(mask, dead, chance);
      put(at, 'telemetry', { uptime_s: Math.floor((at - boot) / 1000), ...volts });
    };
    const moments: { at: Instant; do: () => void }[] = [];
    for (let at = options.start + phase; at <= options.until; at += device.interval_s * 1000) {
      const moment = at;
      moments.push({ at: moment, do: () => telemetry(moment) });
    }
    for (const cut of supply) {
      if (device.backfeed || (mask & ~maskOf(cut.phases ?? 'ABC')) !== 0) continue;
      const wasDark = (mask & ~deadPhases(cut.from - 1, supply)) === 0;
      const gasps = !wasDark && device.poweredBy === device.node && chance() < (options.gasp ?? 0.35);
      const delay = Math.floor(chance() * (options.gaspSpread_ms ?? 3000));
      if (gasps) {
        moments.push({
          at: cut.from + delay,
          do: () => {
            if (reachable(cut.from + delay))
              put(cut.from + delay, 'event', { type: 'power_lost' }, cut.from + Math.min(delay, 500));
          },
        });
      }
      if (cut.to === null) continue;
      const back = cut.to;
      const late = Math.floor(chance() * (options.lateReturn_ms ?? 8000)) + 500;
      moments.push({
        at: back,
        do: () => {
          if (powered(back) && (mask & ~deadPhases(back - 1, supply)) === 0) boot = back;
        },
      });
      moments.push({ at: back + late, do: () => telemetry(back + late) });
    }
    for (const { gateway, from, wills } of options.links ?? []) {
      if (device.via !== gateway || wills !== true) continue;
      events.push({
        at: from + 45_000,
        topic: `relight/${site.site.id}/${device.id}/status`,
        payload: 'offline',
      });
    }
    for (const moment of moments.sort((a, b) => a.at - b.at)) moment.do();
  }
  return events.sort((a, b) => a.at - b.at);
}

function voltages(mask: number, dead: number, chance: () => number): Record<string, number> {
  const volts = (bit: number) => (dead & bit ? 0 : Math.round((228 + chance() * 6) * 10) / 10);
  if (mask === 1 || mask === 2 || mask === 4) return { voltage: volts(mask), power: dead & mask ? 0 : 300 };
  return { voltage_a: volts(1), voltage_b: volts(2), voltage_c: volts(4) };
}

/** The cuts at or above a place. */
export function cutsOver(site: Site, cuts: readonly Cut[], node: string, side: 'in' | 'out'): Cut[] {
  const parents = new Map(site.nodes.map(({ id, fedBy }) => [id, fedBy]));
  const own: Cut[] = [];
  for (let at: string | null = node; at !== null; at = parents.get(at) ?? null) {
    for (const cut of cuts) {
      if (cut.node !== at) continue;
      if (at === node && side === 'in' && (cut.side ?? 'out') === 'out') continue;
      own.push(cut);
    }
  }
  return own;
}
