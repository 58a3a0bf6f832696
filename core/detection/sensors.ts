import { kindOf, type Network } from '../topology/network.ts';
import type { Device, Site } from '../topology/site.ts';
import { ALL_PHASES, maskOf, type PhaseMask } from '../units/phases.ts';

/** A node as the solver sees it: what arrives at it (`in`) and what leaves it (`out`), so that a switch is told apart from its cable. */
export type Vertex = number;

export function vertexOf(node: number, side: 'in' | 'out'): Vertex {
  return 2 * node + (side === 'out' ? 1 : 0);
}

export function nodeOf(vertex: Vertex): number {
  return vertex >> 1;
}

export function sideOf(vertex: Vertex): 'in' | 'out' {
  return (vertex & 1) === 1 ? 'out' : 'in';
}

/**
 * What a device testifies about: the supply it measures, the input of the UPS it watches, the mains its generator stands
 * in for, or the switch whose contact it reads.
 */
export type SensorRole = 'meter' | 'ups_input' | 'mains' | 'contact';

/** One testimony a device can give. */
export interface Sensor {
  readonly device: Device;
  /** Number of the device in the site. */
  readonly index: number;
  readonly role: SensorRole;
  /** Number of the node it speaks of; -1 when it can testify about none. */
  readonly node: number;
  readonly vertex: Vertex;
  readonly phases: PhaseMask;
  /** Whether a last message is to be expected from it when its supply dies. */
  readonly gasps: boolean;
  readonly reportsUptime: boolean;
  /** Whether it sends a reading when asked for one. */
  readonly answers: boolean;
  /** Its own supply is the node it measures: if that is dark, it falls silent. */
  readonly selfPowered: boolean;
}

export interface SensorTraits {
  readonly lastGasp: boolean;
  readonly reportsUptime: boolean;
  readonly answers?: boolean;
}

/** Every testimony of every device; the first one per device, at the device's own index, is its `meter`. */
export function sensorsOf(
  site: Site,
  network: Network,
  traitsOf: (profile: string) => SensorTraits,
): Sensor[] {
  const meters = site.devices.map((device, index) =>
    meterOf(device, index, network, traitsOf(device.profile)),
  );
  const others = meters.flatMap((meter) => otherRoles(meter, site, network));
  return [...meters, ...others];
}

/** A generator at rest shows no voltage and that is no outage: its own voltage testifies about nothing. */
function meterOf(device: Device, index: number, network: Network, traits: SensorTraits): Sensor {
  const node = network.index.get(device.node) ?? -1;
  const selfPowered = device.poweredBy === device.node;
  return {
    device,
    index,
    role: 'meter',
    node: node >= 0 && kindOf(network, node) === 'generator' ? -1 : node,
    vertex: vertexOf(Math.max(0, node), device.side),
    phases: maskOf(device.phases),
    gasps: traits.lastGasp && selfPowered && !device.backfeed && device.inService,
    reportsUptime: traits.reportsUptime,
    answers: traits.answers === true && device.inService,
    selfPowered,
  };
}

function otherRoles(meter: Sensor, site: Site, network: Network): Sensor[] {
  const at = network.index.get(meter.device.node) ?? -1;
  if (at < 0) return [];
  const other = (role: SensorRole, node: number, side: 'in' | 'out'): Sensor => ({
    ...meter,
    role,
    node,
    vertex: vertexOf(node, side),
    phases: ALL_PHASES,
    gasps: false,
    selfPowered: false,
  });
  switch (kindOf(network, at)) {
    case 'ups':
      return [other('ups_input', at, 'in')];
    case 'generator':
      return site.transfers
        .filter(({ alternate }) => alternate === meter.device.node)
        .flatMap(({ normal }) => {
          const node = network.index.get(normal) ?? -1;
          return node < 0 ? [] : [other('mains', node, 'out')];
        });
    case 'breaker':
    case 'ats':
      return [other('contact', at, 'out')];
    default:
      return [];
  }
}
