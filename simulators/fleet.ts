import type { Profiles } from '../core/readings/profile.ts';
import type { Device, Site } from '../core/topology/site.ts';
import { type PhaseMask, phasesText } from '../core/units/phases.ts';
import type { Instant } from '../core/units/time.ts';
import { type Chance, createChance } from './chance.ts';
import { createProbes, type Probe } from './measure.ts';
import type { Network } from './network.ts';
import type { Timeline } from './timeline.ts';
import type { World } from './world.ts';

/** How many of its breakers a property has wired with an auxiliary contact. */
const CONTACT_SHARE = 0.5;
const BOOT_MS: readonly [number, number] = [2_000, 6_000];
const DAY_MS = 86_400_000;

export interface FleetDeps {
  readonly site: Site;
  readonly profiles: Profiles;
  readonly world: World;
  readonly timeline: Timeline;
  readonly network: Network;
  readonly seed: string;
  /** Chance that a meter gets its last message out. */
  readonly gaspProbability: number;
}

/** A device as the Modbus server asks it. */
export interface Slave {
  readonly device: Device;
  isAlive(): boolean;
  read(): Record<string, number>;
}

export interface Fleet {
  start(): void;
  /** Answers a `report` command, or a hand that wants to know at once. */
  report(device: string): void;
  setClockError(device: string, offset_ms: number): boolean;
  /** A broken device says nothing, whatever its supply. */
  setBroken(device: string, broken: boolean): boolean;
  readonly slaves: readonly Slave[];
}

interface Meter {
  readonly probe: Probe;
  readonly chance: Chance;
  readonly gasps: boolean;
  readonly hasContact: boolean;
  readonly speaksMqtt: boolean;
  powered: boolean;
  poweredSince: Instant;
  clockError_ms: number;
  broken: boolean;
  seq: number;
  failures: number;
  cancel: (() => void) | null;
}

/** Every device of a site: what it reports, when, and how it dies and comes back with its supply. */
export function createFleet({
  site,
  profiles,
  world,
  timeline,
  network,
  seed,
  gaspProbability,
}: FleetDeps): Fleet {
  const start = timeline.now();
  const kinds = new Map(site.nodes.map(({ id, kind }) => [id, kind]));
  const meters = createProbes({ site, world, chance: createChance(`${seed} noise`), start }).map(
    (probe): Meter => {
      const { device } = probe;
      const chance = createChance(`${seed} ${device.id}`);
      const profile = profiles.get(device.profile);
      return {
        probe,
        chance,
        gasps: profile?.lastGasp ?? false,
        hasContact: kinds.get(device.node) === 'breaker' && chance.below(CONTACT_SHARE),
        speaksMqtt: device.inService && (device.address === null || device.address.startsWith('relight/')),
        powered: probe.isPowered(),
        // As long up as if it had run through every earlier start of the simulator.
        poweredSince: start - Math.floor(chance.between(10, 400) * DAY_MS),
        clockError_ms: 0,
        broken: false,
        seq: Math.floor(start / 1_000 / device.interval_s) % 1_000_000,
        failures: Math.floor(chance.between(0, 5)),
        cancel: null,
      };
    },
  );
  const byId = new Map(meters.map((meter) => [meter.probe.device.id, meter]));

  function say(meter: Meter, kind: 'telemetry' | 'event', body: object, keep = false): void {
    const { device } = meter.probe;
    if (!meter.speaksMqtt || meter.broken) return;
    const topic = `relight/${site.site.id}/${device.id}/${kind}`;
    network.send(device.id, { topic, payload: JSON.stringify(body) }, keep);
  }

  function event(meter: Meter, type: string, at: Instant, phases?: PhaseMask): void {
    const body = {
      ts: Math.round(at + meter.clockError_ms),
      type,
      ...(phases === undefined ? {} : { phases: phasesText(phases) }),
    };
    // A dying meter keeps nothing for later; one that lives tries until its gateway is back.
    say(meter, 'event', body, meter.powered);
  }

  function telemetry(meter: Meter): void {
    const now = timeline.now();
    meter.seq += 1;
    say(meter, 'telemetry', {
      ts: Math.round(now + meter.clockError_ms),
      seq: meter.seq,
      uptime_s: Math.round((now - meter.poweredSince) / 100) / 10,
      power_failures: meter.failures,
      ...meter.probe.read(now),
    });
  }

  /** The reporting rhythm: every device has its own place within the interval. */
  function beat(meter: Meter, delay_ms: number): void {
    meter.cancel?.();
    meter.cancel = timeline.at(timeline.now() + delay_ms, () => {
      meter.cancel = null;
      if (!meter.powered) return;
      telemetry(meter);
      beat(meter, meter.probe.device.interval_s * 1_000);
    });
  }

  function lose(meter: Meter, lost: PhaseMask): void {
    const at = timeline.now();
    meter.powered = false;
    meter.cancel?.();
    meter.cancel = null;
    if (meter.gasps && meter.chance.below(gaspProbability)) {
      const delay_ms = meter.chance.between(50, Math.max(100, site.site.detection.gaspDelay_s * 800));
      timeline.at(at + delay_ms, () => {
        // Some gasps die with the gateway that should have carried them.
        if (!meter.powered) event(meter, 'power_lost', at, lost === 0 ? undefined : lost);
      });
    }
    network.forget(meter.probe.device.id);
  }

  function comeBack(meter: Meter): void {
    const at = timeline.now();
    meter.powered = true;
    meter.poweredSince = at;
    meter.failures += 1;
    timeline.at(at + meter.chance.between(...BOOT_MS), () => {
      if (!meter.powered || meter.poweredSince !== at) return;
      event(meter, 'power_restored', at);
      telemetry(meter);
      beat(meter, meter.chance.between(0.2, 1) * meter.probe.device.interval_s * 1_000);
    });
  }

  /** A device that goes on living tells what it sees happen to its node. */
  function witness(meter: Meter, before: PhaseMask, wasOpen: boolean): void {
    const { device, node, phases } = meter.probe;
    const at = timeline.now();
    const now = meter.probe.live();
    if (kinds.get(device.node) === 'ups') {
      const mains = (world.live().incoming[node] ?? 0) & phases;
      if (mains !== upsMains.get(node)) {
        upsMains.set(node, mains);
        event(meter, mains === 0 ? 'on_battery' : 'on_mains', at);
      }
    }
    if (meter.hasContact && world.isOpen(node) !== wasOpen) {
      event(meter, wasOpen ? 'breaker_closed' : 'breaker_open', at);
    }
    const lost = before & ~now;
    const found = now & ~before;
    if (kinds.get(device.node) !== 'unit' || world.isOpen(node) || wasOpen) return;
    if (lost !== 0 && meter.gasps && meter.chance.below(gaspProbability))
      event(meter, 'power_lost', at, lost);
    if (found !== 0) event(meter, 'power_restored', at, found);
  }

  const upsMains = new Map<number, PhaseMask>();
  const seen = new Map<Meter, { live: PhaseMask; open: boolean }>();
  function remember(meter: Meter): void {
    seen.set(meter, { live: meter.probe.live(), open: world.isOpen(meter.probe.node) });
    if (kinds.get(meter.probe.device.node) === 'ups' && !upsMains.has(meter.probe.node)) {
      upsMains.set(meter.probe.node, (world.live().incoming[meter.probe.node] ?? 0) & meter.probe.phases);
    }
  }
  for (const meter of meters) remember(meter);

  function look(): void {
    for (const meter of meters) {
      const before = seen.get(meter) ?? { live: 0, open: false };
      const powered = meter.probe.isPowered();
      if (meter.powered && !powered) lose(meter, before.live & ~meter.probe.live());
      else if (!meter.powered && powered) comeBack(meter);
      else if (powered) witness(meter, before.live, before.open);
      remember(meter);
    }
  }

  return {
    start() {
      for (const meter of meters) beat(meter, meter.chance.next() * meter.probe.device.interval_s * 1_000);
      world.onChange(look);
    },
    report(device) {
      const meter = byId.get(device);
      if (meter?.powered) telemetry(meter);
    },
    setClockError(device, offset_ms) {
      const meter = byId.get(device);
      if (meter !== undefined) meter.clockError_ms = offset_ms;
      return meter !== undefined;
    },
    setBroken(device, broken) {
      const meter = byId.get(device);
      if (meter !== undefined) meter.broken = broken;
      return meter !== undefined;
    },
    slaves: meters.map((meter) => ({
      device: meter.probe.device,
      isAlive: () => meter.powered && !meter.broken,
      read: () => meter.probe.read(timeline.now()),
    })),
  };
}
