import type { Device, Site } from '../../core/topology/site.ts';
import { maskOf } from '../../core/units/phases.ts';
import type { Instant } from '../../core/units/time.ts';
import { seededRandom } from './seeded-random.ts';
import { type Cut, cutsOver, lossesAt } from './supply.ts';

export { seededRandom as random } from './seeded-random.ts';
export { type Cut, cutsOver } from './supply.ts';

/** How one device behaves. */
export interface Habits {
  /** Whether it can gasp at all. */
  readonly gasps: boolean;
  readonly uptime: boolean;
  readonly countsFailures: boolean;
  /** Says `power_restored`; others are just heard again. */
  readonly tellsReturn: boolean;
  /** From the return of its supply to its first word. */
  readonly returnDelay_ms: number;
}

export interface LinkLoss {
  readonly gateway: string;
  readonly from: Instant;
  readonly to: Instant;
  /** The broker publishes the wills of its devices. */
  readonly wills?: boolean;
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
  readonly links?: readonly LinkLoss[];
  /** Devices that say nothing at all from `from` on. */
  readonly mute?: readonly { readonly device: string; readonly from: Instant; readonly to: Instant | null }[];
  /** Live voltage of a device at an instant, instead of the nominal one. */
  readonly voltages?: (device: string, at: Instant) => Readonly<Record<string, number>> | undefined;
  /** Whether the first message after a return waits for the next regular one. */
  readonly lateReturn_ms?: number;
  readonly habits?: (device: Device) => Habits;
  /** Last gasps of devices that never lost supply. */
  readonly falseGasps?: readonly { readonly device: string; readonly at: Instant }[];
  /**
   * Supply as a building has it: a UPS holds, a transfer switch goes over after this long, and gateways die with their
   * supply and publish wills of their own.
   */
  readonly standby_ms?: number;
}

export interface FieldEvent {
  readonly at: Instant;
  readonly topic: string;
  readonly payload: unknown;
}

const UP_SINCE_MS = 40 * 86_400_000;
const WILL_MS = 45_000;
const GATEWAY_BOOT_MS = 20_000;
/** A generator turns this long after the mains it stands in for were lost. */
const CRANK_MS = 5_000;

/** What the meters of a site would publish, given what truly happens. */
export function fieldEvents(site: Site, options: FieldOptions): FieldEvent[] {
  const chance = seededRandom(options.seed ?? 1);
  const events: FieldEvent[] = [];
  const links = [...(options.links ?? []), ...deadGateways(site, options)];
  for (const device of site.devices) {
    if (!device.inService) continue;
    tell(site, options, device, lossesOf(site, options, device), links, chance, events);
  }
  if (options.standby_ms !== undefined) events.push(...gatewayWills(site, links, options));
  return events.sort((a, b) => a.at - b.at);
}

interface Losses {
  /** At the place it measures. */
  readonly own: readonly Cut[];
  /** Of the device's own supply. */
  readonly supply: readonly Cut[];
}

function lossesOf(site: Site, options: FieldOptions, device: Device): Losses {
  const cuts = options.cuts ?? [];
  const at = (node: string, side: 'in' | 'out') =>
    options.standby_ms === undefined
      ? cutsOver(site, cuts, node, side)
      : lossesAt(site, cuts, node, side, options.standby_ms);
  const own = at(device.node, device.side);
  return { own, supply: device.poweredBy === device.node ? own : at(device.poweredBy, 'out') };
}

function tell(
  site: Site,
  options: FieldOptions,
  device: Device,
  { own, supply }: Losses,
  links: readonly LinkLoss[],
  chance: () => number,
  events: FieldEvent[],
): void {
  const phase = Math.floor(chance() * device.interval_s * 1000);
  const skew = options.skew?.(device.id) ?? 0;
  const habits = options.habits?.(device);
  const mask = maskOf(device.phases);
  const node = site.nodes.find(({ id }) => id === device.node);
  const kind = node?.kind;
  const nominal_v = node?.nominal_v ?? site.site.nominal_v;
  const put = (at: Instant, tail: string, payload: object, ts = at) => {
    if (at < options.start || at > options.until) return;
    events.push({
      at,
      topic: `relight/${site.site.id}/${device.id}/${tail}`,
      payload: { ts: ts + skew, ...payload },
    });
  };
  const powered = (at: Instant) => (mask & ~deadPhases(supply, at)) !== 0 || device.backfeed;
  const path = gatewaysTo(site, device);
  const reachable = (at: Instant) =>
    !links.some(({ gateway, from, to }) => path.includes(gateway) && at >= from && at < to) &&
    !(options.mute ?? []).some(
      ({ device: id, from, to }) => id === device.id && at >= from && (to === null || at < to),
    );

  let boot = options.start - UP_SINCE_MS;
  let failures = 3;
  let speaksFrom = options.start;
  const telemetry = (at: Instant) => {
    if (!powered(at) || !reachable(at) || at < speaksFrom) return;
    const dead = device.backfeed ? 0 : deadPhases(own, at);
    const measured = options.voltages?.(device.id, at) ?? voltages(mask, dead, nominal_v, chance);
    put(at, 'telemetry', {
      ...(habits?.uptime === false ? {} : { uptime_s: Math.floor((at - boot) / 1000) }),
      ...(habits?.countsFailures === true ? { power_failures: failures } : {}),
      ...measured,
      ...(options.standby_ms !== undefined && kind === 'generator'
        ? standingIn(site, options, device, at)
        : {}),
    });
  };

  const moments: { at: Instant; do: () => void }[] = [];
  for (let at = options.start + phase; at <= options.until; at += device.interval_s * 1000) {
    const moment = at;
    moments.push({ at: moment, do: () => telemetry(moment) });
  }
  const say = (at: Instant, type: string, ts: Instant) =>
    moments.push({
      at,
      do: () => {
        if (reachable(at)) put(at, 'event', { type }, ts);
      },
    });
  for (const cut of supply) {
    const dies = powered(cut.from - 1) && !powered(cut.from);
    const back = cut.to;
    const revives = back !== null && !powered(back - 1) && powered(back);
    const whole = (mask & ~maskOf(cut.phases ?? 'ABC')) === 0;
    if (device.backfeed || (!whole && !dies && !revives)) continue;
    const gasps = dies && device.poweredBy === device.node && chance() < (options.gasp ?? 0.35);
    const delay = Math.floor(chance() * (options.gaspSpread_ms ?? 3000));
    if (gasps && habits?.gasps !== false) {
      say(cut.from + delay, 'power_lost', cut.from + Math.min(delay, 500));
    }
    if (back === null) continue;
    const late = Math.floor(chance() * (options.lateReturn_ms ?? 8000)) + 500;
    const word = back + (habits?.returnDelay_ms ?? late);
    moments.push({
      at: back,
      do: () => {
        if (!revives) return;
        boot = back;
        failures += 1;
        if (habits !== undefined) speaksFrom = word;
      },
    });
    if (revives && habits?.tellsReturn === true) {
      moments.push({
        at: word,
        do: () => {
          if (powered(word) && reachable(word)) put(word, 'event', { type: 'power_restored' }, back);
        },
      });
    }
    moments.push({
      at: word + (habits === undefined ? 0 : 200),
      do: () => telemetry(word + (habits === undefined ? 0 : 200)),
    });
  }
  if (options.standby_ms !== undefined && kind === 'ups') {
    for (const cut of lossesAt(site, options.cuts ?? [], device.node, 'in', options.standby_ms)) {
      say(cut.from + 500, 'on_battery', cut.from + 500);
      if (cut.to !== null) say(cut.to + 500, 'on_mains', cut.to + 500);
    }
  }
  for (const { device: id, at } of options.falseGasps ?? []) {
    if (id === device.id && powered(at)) say(at, 'power_lost', at);
  }
  for (const { gateway, from, wills } of options.links ?? []) {
    if (device.via !== gateway || wills !== true) continue;
    events.push({
      at: from + WILL_MS,
      topic: `relight/${site.site.id}/${device.id}/status`,
      payload: 'offline',
    });
  }
  for (const moment of moments.sort((a, b) => a.at - b.at)) moment.do();
}

function deadPhases(cuts: readonly Cut[], at: Instant): number {
  return cuts.reduce(
    (dead, cut) =>
      at >= cut.from && (cut.to === null || at < cut.to) ? dead | maskOf(cut.phases ?? 'ABC') : dead,
    0,
  );
}

function gatewaysTo(site: Site, device: Device): string[] {
  const path: string[] = [];
  for (let via = device.via; via !== null && !path.includes(via); ) {
    path.push(via);
    via = site.gateways.find(({ id }) => id === via)?.via ?? null;
  }
  return path;
}

/** A gateway is a load on the first phase of its node. */
function deadGateways(site: Site, options: FieldOptions): LinkLoss[] {
  const { standby_ms } = options;
  if (standby_ms === undefined) return [];
  return site.gateways.flatMap(({ id, poweredBy }) => {
    if (poweredBy === null) return [];
    const phases = site.nodes.find((node) => node.id === poweredBy)?.phases ?? 'ABC';
    return lossesAt(site, options.cuts ?? [], poweredBy, 'out', standby_ms)
      .filter((cut) => (cut.phases ?? 'ABC').includes(phases.charAt(0)))
      .map(({ from, to }) => ({ gateway: id, from, to: to === null ? options.until : to + GATEWAY_BOOT_MS }));
  });
}

/** `offline` when the broker has missed a gateway for long enough, `online` when it is back. */
function gatewayWills(site: Site, links: readonly LinkLoss[], { until }: FieldOptions): FieldEvent[] {
  const status = (gateway: string, at: Instant, payload: string): FieldEvent => ({
    at,
    topic: `relight/${site.site.id}/${gateway}/status`,
    payload,
  });
  return links
    .flatMap(({ gateway, from, to }) => [
      ...(to - from > WILL_MS ? [status(gateway, from + WILL_MS, 'offline')] : []),
      status(gateway, to, 'online'),
    ])
    .filter(
      ({ at, topic, payload }) =>
        at < until &&
        (payload === 'offline' ||
          !links.some(
            ({ gateway, from, to }) => topic.endsWith(`/${gateway}/status`) && at >= from && at < to,
          )),
    );
}

function standingIn(site: Site, options: FieldOptions, device: Device, at: Instant): Record<string, unknown> {
  const runs = site.transfers
    .filter(({ alternate }) => alternate === device.node)
    .flatMap(({ normal }) => lossesAt(site, options.cuts ?? [], normal, 'out', options.standby_ms ?? 0))
    .some((cut) => at >= cut.from + CRANK_MS && (cut.to === null || at < cut.to + CRANK_MS));
  const volts = runs ? 230 : 0;
  return { running: runs ? 1 : 0, mode: 'auto', voltage_a: volts, voltage_b: volts, voltage_c: volts };
}

function voltages(
  mask: number,
  dead: number,
  nominal_v: number,
  chance: () => number,
): Record<string, number> {
  const volts = (bit: number) =>
    dead & bit ? 0 : Math.round((0.99 + chance() * 0.027) * nominal_v * 10) / 10;
  if (mask === 1 || mask === 2 || mask === 4) return { voltage: volts(mask), power: dead & mask ? 0 : 300 };
  return { voltage_a: volts(1), voltage_b: volts(2), voltage_c: volts(4) };
}
