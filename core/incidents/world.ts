import { type Burst, createJudge, type Judge } from '../detection/burst.ts';
import { type DeviceState, newDeviceStates } from '../detection/device-state.ts';
import { type Sensor, sensorsOf, vertexOf } from '../detection/sensors.ts';
import { buildSolverTree, type SolverTree } from '../detection/solver-tree.ts';
import { type Weights, weightsOf } from '../detection/weights.ts';
import type { LedgerBook } from '../interruptions/ledger.ts';
import type { Profiles } from '../readings/profile.ts';
import { buildNetwork, hasStandby, type Network } from '../topology/network.ts';
import type { DetectionSettings, NetworkNode, Site } from '../topology/site.ts';
import { normalSwitching, type Switching } from '../topology/switching.ts';
import type { Instant } from '../units/time.ts';
import type { NewId } from './engine.ts';
import { type HeardNote, newHeardNote } from './heard-note.ts';
import { createLatelyHeard, type LatelyHeard } from './lately-heard.ts';
import { type LinkState, newLinks } from './link-state.ts';
import type { PatternSeen } from './pattern-seen.ts';
import type { IncidentRecord } from './record.ts';

/** An announced outage. */
export interface PlannedWindow {
  readonly id: string;
  readonly nodes: readonly string[];
  readonly from: Instant;
  readonly to: Instant;
}

/** One version of the network with its switches and windows; a burst is judged on the one it began in. */
export interface TopologyVersion {
  readonly number: number;
  readonly nodes: readonly NetworkNode[] | null;
  readonly switching: Switching;
  readonly planned: readonly string[];
}

/** Everything the engine knows, as plain data: the whole of its snapshot. */
export interface EngineState {
  at: Instant;
  /** Silence before this instant is ours, not the devices'. */
  listeningSince: Instant;
  /** How many there have been of each. */
  ordinals: { record: number; incident: number; interruption: number; burst: number };
  topologies: TopologyVersion[];
  planned: PlannedWindow[];
  devices: DeviceState[];
  bursts: Burst[];
  incidents: IncidentRecord[];
  ledger: LedgerBook;
  patterns: Map<number, PatternSeen>;
  /** Units whose own relay stands open, since when. */
  relays: Map<number, Instant>;
  links: LinkState;
  /** Units whose ledger lines may have changed, and why. */
  touched: Map<number, string>;
  /** Devices that people took out of service, beside those of the site file. */
  outOfService?: string[];
}

/** Work of one step, counted so that what can wait is left to the next. */
interface StepWork {
  /** Affected units that joined, left or came back. */
  moved: number;
}

interface Judged {
  readonly network: Network;
  readonly tree: SolverTree;
}

/** The state with all that follows from it and the site. Nothing derived is ever part of a snapshot. */
export interface World {
  readonly site: Site;
  readonly settings: DetectionSettings;
  readonly weights: Weights;
  readonly rules: Pick<DetectionSettings, 'freshIntervals' | 'silentIntervals'>;
  readonly newId: NewId;
  readonly state: EngineState;
  readonly sensors: readonly Sensor[];
  readonly deviceIndex: ReadonlyMap<string, number>;
  readonly gatewayIndex: ReadonlyMap<string, number>;
  /** Devices in service by the gateway they report to; null for those without one. */
  readonly devicesVia: ReadonlyMap<string | null, readonly number[]>;
  /** Gateways by the gateway they report through. */
  readonly gatewaysVia: ReadonlyMap<string, readonly string[]>;
  /** Devices fallen silent. */
  readonly silent: Set<number>;
  /** Devices silent while others were heard, or gone by their will. */
  readonly mute: Set<number>;
  readonly lately: LatelyHeard;
  /** Sensors by device, the `meter` first. */
  readonly rolesOf: readonly (readonly number[])[];
  /** By sensor: something between it and the source may feed it from elsewhere. */
  readonly standby: Uint8Array;
  /** Meters in service by unit node. */
  readonly metersOf: Pick<ReadonlyMap<number, readonly number[]>, 'get' | 'has'>;
  /** By sensor: the node it speaks of, and whether its own source may hold it live. Side by side, because storms ask for all. */
  readonly nodesOf: Int32Array;
  readonly backfed: Uint8Array;
  /** By node: a unit with a meter that can show supply. */
  readonly reporting: Uint8Array;
  /** Sensors by vertex. */
  readonly sensorsAt: ReadonlyMap<number, readonly number[]>;
  /** Phones of owner and occupant by premises. */
  readonly peopleOf: ReadonlyMap<string, readonly string[]>;
  /** What this step has done so far. */
  readonly step: StepWork;
  /** What became of the last message. */
  readonly heard: HeardNote;
  /** Those of the state. */
  readonly touched: Map<number, string>;
  /** By node of the present network: how many devices in service stand at its children. */
  devicesBelow(): Int32Array;
  topology(version: number): Judged;
  /** The network as it stands now. */
  current(): Judged & { readonly version: number };
  judge(burst: Burst): Judge;
  /** Drops what was derived from a burst that is gone. */
  forget(burst: Burst): void;
}

export function newState(site: Site, at: Instant): EngineState {
  return {
    at,
    listeningSince: 0,
    ordinals: { record: 0, incident: 0, interruption: 0, burst: 0 },
    topologies: [{ number: 1, nodes: null, switching: normalSwitching(site), planned: [] }],
    planned: [],
    devices: newDeviceStates(site.devices.length),
    bursts: [],
    incidents: [],
    ledger: new Map(),
    patterns: new Map(),
    relays: new Map(),
    links: newLinks(site.gateways.length),
    touched: new Map(),
  };
}

export function createWorld(site: Site, profiles: Profiles, newId: NewId, state: EngineState): World {
  const settings = site.site.detection;
  const weights = weightsOf(settings);
  const built = new Map<number, Judged>();
  const judges = new Map<number, Judge>();
  const base = buildNetwork(site, normalSwitching(site));
  const sensors = sensorsOf(site, base, (id) => profiles.get(id) ?? UNKNOWN_PROFILE);

  const metersOf = metersByUnit(sensors, base);
  const backfed = Uint8Array.from(sensors, ({ device }) => (device.backfeed ? 1 : 0));

  const gatewayAt = site.gateways.map(({ poweredBy }) => {
    const node = poweredBy === null ? undefined : base.index.get(poweredBy);
    return node === undefined ? -1 : vertexOf(node, 'out');
  });

  let now: (Judged & { readonly version: number }) | undefined;
  let below: { version: number; counts: Int32Array } | undefined;

  function topology(number: number): Judged {
    let judged = built.get(number);
    if (judged === undefined) {
      for (const old of built.keys())
        if (!state.topologies.some((one) => one.number === old)) built.delete(old);
      judged = build(number);
      built.set(number, judged);
    }
    return judged;
  }

  function build(number: number): Judged {
    const version = state.topologies.find((one) => one.number === number) ?? state.topologies.at(-1);
    if (version === undefined) throw new Error('the engine has no topology');
    const nodes = version.nodes ?? site.nodes;
    const network = buildNetwork({ ...site, nodes }, version.switching);
    const indexes = (ids: readonly string[]) => new Set(ids.flatMap((id) => network.index.get(id) ?? []));
    const planned = state.planned
      .filter(({ id }) => version.planned.includes(id))
      .flatMap((window) => window.nodes);
    const tree = buildSolverTree(network, sensors, weights, {
      planned: indexes(planned),
      open: indexes(version.switching.open),
    });
    return { network, tree };
  }

  return {
    site,
    settings,
    weights,
    rules: { freshIntervals: settings.freshIntervals, silentIntervals: settings.silentIntervals },
    newId,
    state,
    sensors,
    deviceIndex: new Map(site.devices.map(({ id }, i) => [id, i])),
    gatewayIndex: new Map(site.gateways.map(({ id }, i) => [id, i])),
    devicesVia: devicesByGateway(site),
    gatewaysVia: gatewaysByGateway(site),
    silent: devicesThat(state, ({ silent }) => silent),
    mute: devicesThat(state, ({ missed, offline }) => missed || offline),
    lately: createLatelyHeard(state.at),
    devicesBelow() {
      const version = state.topologies.at(-1)?.number ?? 1;
      if (below?.version !== version)
        below = { version, counts: countBelow(sensors, topology(version).network) };
      return below.counts;
    },
    rolesOf: rolesByDevice(sensors, site.devices.length),
    standby: standbySensors(sensors, base),
    metersOf,
    nodesOf: Int32Array.from(sensors, ({ node }) => node),
    backfed,
    reporting: Uint8Array.from(base.nodes, (_, node) =>
      metersOf.get(node)?.some((sensor) => backfed[sensor] === 0) === true ? 1 : 0,
    ),
    sensorsAt: sensorsByVertex(sensors),
    peopleOf: new Map(
      site.premises.map(({ id, owner, occupant }) => [
        id,
        [...new Set([owner?.phone, occupant?.phone].filter((phone) => phone !== undefined))],
      ]),
    ),
    step: { moved: 0 },
    heard: newHeardNote(),
    touched: state.touched,
    topology,
    current() {
      const version = state.topologies.at(-1)?.number ?? 1;
      if (now?.version !== version) now = { version, ...topology(version) };
      return now;
    },
    judge(burst) {
      let judge = judges.get(burst.id);
      if (judge === undefined) {
        judge = createJudge(burst, topology(burst.topology).tree, sensors, gatewayAt, weights);
        judges.set(burst.id, judge);
      }
      return judge;
    },
    forget(burst) {
      judges.delete(burst.id);
    },
  };
}

/** A device whose profile is not at hand: nothing may be concluded from what it leaves out. */
const UNKNOWN_PROFILE = { lastGasp: false, reportsUptime: false };

function rolesByDevice(sensors: readonly Sensor[], devices: number): number[][] {
  const roles: number[][] = Array.from({ length: devices }, () => []);
  sensors.forEach(({ index }, sensor) => {
    roles[index]?.push(sensor);
  });
  return roles;
}

function metersByUnit(sensors: readonly Sensor[], network: Network): World['metersOf'] {
  const meters: (number[] | undefined)[] = network.nodes.map(() => undefined);
  sensors.forEach(({ role, node, device }, sensor) => {
    if (role !== 'meter' || node < 0 || !device.inService || network.nodes[node]?.kind !== 'unit') return;
    const own = meters[node];
    if (own === undefined) meters[node] = [sensor];
    else own.push(sensor);
  });
  return { get: (node) => meters[node], has: (node) => meters[node] !== undefined };
}

function standbySensors(sensors: readonly Sensor[], network: Network): Uint8Array {
  return Uint8Array.from(sensors, ({ node }) => (hasStandby(network, node) ? 1 : 0));
}

function sensorsByVertex(sensors: readonly Sensor[]): Map<number, number[]> {
  const at = new Map<number, number[]>();
  sensors.forEach(({ node, vertex, device }, sensor) => {
    if (node < 0 || !device.inService) return;
    const own = at.get(vertex);
    if (own === undefined) at.set(vertex, [sensor]);
    else own.push(sensor);
  });
  return at;
}

function devicesByGateway(site: Site): Map<string | null, number[]> {
  const known = new Set(site.gateways.map(({ id }) => id));
  const devices = new Map<string | null, number[]>();
  site.devices.forEach(({ via, inService }, device) => {
    if (!inService) return;
    const key = via !== null && known.has(via) ? via : null;
    const own = devices.get(key);
    if (own === undefined) devices.set(key, [device]);
    else own.push(device);
  });
  return devices;
}

function gatewaysByGateway(site: Site): Map<string, string[]> {
  const behind = new Map<string, string[]>();
  for (const { id, via } of site.gateways)
    if (via !== null) behind.set(via, [...(behind.get(via) ?? []), id]);
  return behind;
}

function devicesThat(state: EngineState, test: (device: DeviceState) => boolean): Set<number> {
  return new Set(state.devices.flatMap((device, i) => (test(device) ? i : [])));
}

function countBelow(sensors: readonly Sensor[], network: Network): Int32Array {
  const counts = new Int32Array(network.nodes.length);
  for (const { role, device, node } of sensors) {
    const up = role === 'meter' && device.inService ? (network.parent[node] ?? -1) : -1;
    if (up >= 0) counts[up] = (counts[up] ?? 0) + 1;
  }
  return counts;
}
