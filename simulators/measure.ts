import type { Device, Site } from '../core/topology/site.ts';
import { maskOf, type PhaseMask } from '../core/units/phases.ts';
import type { Instant } from '../core/units/time.ts';
import type { Chance } from './chance.ts';
import { createLoad, energySince2024, type Load, zoneOffset } from './load.ts';
import type { World } from './world.ts';

const LETTERS = ['a', 'b', 'c'] as const;

/** What a device at some place of the network would read now. */
export interface Probe {
  readonly device: Device;
  readonly node: number;
  /** Phases the device is wired to. */
  readonly phases: PhaseMask;
  /** Of these, the live ones at the side it measures. */
  live(): PhaseMask;
  /** Whether the device itself has supply. */
  isPowered(): boolean;
  /** Measured fields of native telemetry; also moves the energy counter on to `at`. */
  read(at: Instant): Record<string, number>;
}

export interface ProbeDeps {
  readonly site: Site;
  readonly world: World;
  readonly chance: Chance;
  readonly start: Instant;
}

/** Probes for all devices of a site, sharing the loads of its units. */
export function createProbes({ site, world, chance, start }: ProbeDeps): readonly Probe[] {
  const offset_ms = zoneOffset(site.site.timeZone, start);
  const loads = new Map<number, Load>();
  site.nodes.forEach((node, i) => {
    if (node.kind === 'unit') loads.set(i, createLoad(node, offset_ms));
  });
  const unitsBelow = unitLists(site, world);
  const depth = depths(site, world);
  return site.devices.map((device) =>
    createProbe(device, { site, world, chance, start, loads, unitsBelow, depth }),
  );
}

interface Shared extends ProbeDeps {
  readonly loads: ReadonlyMap<number, Load>;
  readonly unitsBelow: (node: number) => readonly number[];
  readonly depth: Uint16Array;
}

function createProbe(device: Device, shared: Shared): Probe {
  const { site, world, chance, loads, start } = shared;
  const node = world.grid.index.get(device.node) ?? 0;
  const supply = world.grid.index.get(device.poweredBy) ?? node;
  const place = site.nodes[node];
  const phases = maskOf(device.phases) & maskOf(place?.phases ?? 'ABC');
  const units = shared.unitsBelow(node);
  const nominal_v = place?.nominal_v ?? 230;
  const isUnit = place?.kind === 'unit';
  const single = device.phases.length === 1;
  let energy_kwh = units.reduce((sum, unit) => sum + energySince2024(loads.get(unit) ?? NO_LOAD, start), 0);
  let readAt = start;
  let watts = 0;

  const sideOf = (which: 'in' | 'out') => (which === 'in' ? world.live().incoming : world.live().outgoing);
  const live = () => (sideOf(device.side)[node] ?? 0) & phases;

  /** Watts per phase of the live units below. */
  function powers(at: Instant): number[] {
    const sum = [0, 0, 0];
    if (live() === 0 || (device.side === 'in' && world.isOpen(node))) return sum;
    for (const unit of units) {
      const energised = (world.live().outgoing[unit] ?? 0) & phases;
      const load = loads.get(unit);
      const count = bits(maskOf(site.nodes[unit]?.phases ?? 'ABC'));
      if (load === undefined || energised === 0) continue;
      const each = load.power(at) / count;
      LETTERS.forEach((_, i) => {
        if ((energised >> i) & 1) sum[i] = (sum[i] ?? 0) + each;
      });
    }
    return sum;
  }

  function voltage(phase: number, load_w: number, onGenerator: boolean): number {
    if (((live() >> phase) & 1) === 0) return chance.between(0, 0.006 * nominal_v);
    const sag =
      0.004 * (shared.depth[node] ?? 0) + Math.min(0.02, load_w / 400_000) + (isUnit ? load_w / 500_000 : 0);
    return nominal_v * ((onGenerator ? 1.005 : 1.03) - sag + chance.between(-0.004, 0.004));
  }

  return {
    device,
    node,
    phases,
    live,
    isPowered() {
      if (supply !== node) {
        const own = site.nodes[supply]?.kind === 'unit' ? 'in' : 'out';
        return (sideOf(own)[supply] ?? 0) !== 0;
      }
      const own = isUnit ? 'in' : device.side;
      return ((sideOf(own)[node] ?? 0) & phases) !== 0;
    },
    read(at) {
      const onGenerator = world.isOnGenerator(node);
      const perPhase = powers(at);
      const total = perPhase.reduce((sum, w) => sum + w, 0);
      energy_kwh += (((watts + total) / 2) * Math.max(0, at - readAt)) / 3.6e9;
      readAt = at;
      watts = total;

      const fields: Record<string, number> = {};
      LETTERS.forEach((letter, i) => {
        if (((phases >> i) & 1) === 0) return;
        const load_w = perPhase[i] ?? 0;
        const volts = voltage(i, load_w, onGenerator);
        const suffix = single ? '' : `_${letter}`;
        fields[`voltage${suffix}`] = round(volts, 1);
        fields[`current${suffix}`] = volts < 10 ? 0 : round(load_w / volts / POWER_FACTOR, 2);
        if (!single) fields[`power${suffix}`] = round(load_w, 0);
      });
      fields.power = round(total, 0);
      fields.energy = round(energy_kwh, 3);
      fields.frequency =
        live() === 0 ? 0 : round(onGenerator ? chance.between(49.8, 50.4) : chance.between(49.97, 50.03), 2);
      fields.power_factor = total > 0 ? POWER_FACTOR : 1;
      if (isUnit) fields.relay = world.isOpen(node) ? 0 : 1;
      if (place?.kind === 'generator') fields.running = live() === 0 ? 0 : 1;
      if (place?.kind === 'ups') fields.battery = round(world.charge(node) * 100, 1);
      return fields;
    },
  };
}

const POWER_FACTOR = 0.94;
const NO_LOAD: Load = { power: () => 0, mean_w: 0 };

/** Units fed through a node, by the normal supply; walked once per device that asks. */
function unitLists(site: Site, world: World): (node: number) => readonly number[] {
  const children: number[][] = site.nodes.map(() => []);
  site.nodes.forEach(({ fedBy }, i) => {
    if (fedBy !== null) children[world.grid.index.get(fedBy) ?? -1]?.push(i);
  });
  return (node) => {
    const units: number[] = [];
    const stack = [node];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (site.nodes[at]?.kind === 'unit') units.push(at);
      for (const child of children[at] ?? []) stack.push(child);
    }
    return units;
  };
}

/** Steps from the nearest transformer or source: the further, the lower the voltage. */
function depths(site: Site, world: World): Uint16Array {
  const depth = new Uint16Array(site.nodes.length);
  site.nodes.forEach((_, i) => {
    let steps = 0;
    for (let at = i; at >= 0 && steps < 12; steps++) {
      const { kind, fedBy } = site.nodes[at] ?? {};
      if (kind === 'transformer' || typeof fedBy !== 'string') break;
      at = world.grid.index.get(fedBy) ?? -1;
    }
    depth[i] = steps;
  });
  return depth;
}

function bits(mask: PhaseMask): number {
  return (mask & 1) + ((mask >> 1) & 1) + ((mask >> 2) & 1) || 1;
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
