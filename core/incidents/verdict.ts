import type { Burst } from '../detection/burst.ts';
import { type Claim, darkPhases, hasKind, provenDark, reportedDark } from '../detection/claim.ts';
import { litAt, notLitSince } from '../detection/device-state.ts';
import type { Fault } from '../detection/outage-set.ts';
import { nodeOf, type Sensor, sideOf, vertexOf } from '../detection/sensors.ts';
import { costOf } from '../detection/weights.ts';
import { idOf, isUnder, kindOf, type Network, phasesOf } from '../topology/network.ts';
import { ALL_PHASES, type PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import type { EvidenceFacts } from './explanation.ts';
import type { World } from './world.ts';

/** One fault of a burst, named and with the evidence that speaks for it. */
export interface Verdict {
  readonly fault: Fault;
  readonly burst: Burst;
  readonly network: Network;
  readonly root: number;
  readonly rootSide: 'in' | 'out' | null;
  readonly candidates: readonly string[];
  /** Lost phases as people name them: all the root carries when every observable one is dark. */
  readonly phases: PhaseMask;
  readonly partial: boolean;
  readonly margin: number;
  /** Claims with dark evidence under the root. */
  readonly claims: readonly Claim[];
}

/** The most likely faults of a burst, the best supported first. */
export function verdictsOf(world: World, burst: Burst): Verdict[] {
  const { network, tree } = world.topology(burst.topology);
  const faults = world.judge(burst).set.extract();
  if (faults.length === 0) return [];
  const claimsOf = shareClaims(world, burst, faults);
  return faults
    .map((fault) => {
      const observable = tree.observable[fault.group] ?? ALL_PHASES;
      const partial = (fault.phases & observable) !== observable;
      const named = nameRoot(world, network, tree.members[fault.group] ?? [], partial);
      const phases = partial ? fault.phases & observable : phasesOf(network, named.root);
      const margin = Math.min(fault.margin, named.margin);
      return { fault, burst, network, ...named, phases, partial, margin, claims: claimsOf.get(fault) ?? [] };
    })
    .filter(({ claims }) => claims.some((claim) => provenDark(claim) !== 0))
    .sort((a, b) => b.fault.gain - a.fault.gain || a.root - b.root);
}

function shareClaims(world: World, burst: Burst, faults: readonly Fault[]): Map<Fault, Claim[]> {
  const { tree } = world.topology(burst.topology);
  const byGroup = new Map<number, Fault[]>();
  for (const fault of faults) byGroup.set(fault.group, [...(byGroup.get(fault.group) ?? []), fault]);
  const claimsOf = new Map<Fault, Claim[]>(faults.map((fault) => [fault, []]));
  for (const claim of burst.claims.values()) {
    const dark = darkPhases(claim);
    if (dark === 0) continue;
    for (
      let group = tree.groupOf[world.sensors[claim.sensor]?.vertex ?? -1] ?? -1;
      group >= 0;
      group = tree.parent[group] ?? -1
    ) {
      const fault = byGroup.get(group)?.find(({ phases }) => (phases & dark) !== 0);
      if (fault === undefined) continue;
      claimsOf.get(fault)?.push(claim);
      break;
    }
  }
  return claimsOf;
}

/**
 * Names a group: the top-most switching device, else the top-most node. One dead phase beside two whole ones cannot come
 * through a transformer's windings, so a partial loss is looked for below it.
 */
function nameRoot(world: World, network: Network, members: readonly number[], partial: boolean) {
  const lowest = partial
    ? members.findLastIndex((vertex) => kindOf(network, nodeOf(vertex)) === 'transformer')
    : -1;
  const possible = lowest >= 0 && lowest < members.length - 1 ? members.slice(lowest + 1) : members;
  const nodes = [...new Set(possible.map(nodeOf))];
  const root = nodes.find((node) => isSwitch(network, node)) ?? nodes[0] ?? 0;
  const sides = possible.filter((vertex) => nodeOf(vertex) === root).map(sideOf);
  return {
    root,
    rootSide: sides.length === 1 ? (sides[0] ?? null) : isSource(network, root) ? ('out' as const) : null,
    candidates: nodes.map((node) => idOf(network, node)),
    margin: marginAmong(world, network, possible, nodes, root),
  };
}

function isSwitch(network: Network, node: number): boolean {
  const kind = kindOf(network, node);
  return kind === 'breaker' || kind === 'ats';
}

/** A source has no supply of its own that could be told apart from it. */
function isSource(network: Network, node: number): boolean {
  return network.parent[node] === -1;
}

/** How much likelier the named node is than the likeliest of its fellows, milli-nats. */
function marginAmong(
  world: World,
  network: Network,
  vertices: readonly number[],
  nodes: readonly number[],
  root: number,
): number {
  if (nodes.length < 2) return Number.POSITIVE_INFINITY;
  const cost = (node: number) =>
    costOf(
      vertices
        .filter((vertex) => nodeOf(vertex) === node)
        .reduce(
          (sum, vertex) =>
            sum + world.weights.prior(kindOf(network, node), sideOf(vertex) === 'out' ? 'device' : 'supply'),
          0,
        ),
    );
  return Math.min(...nodes.filter((node) => node !== root).map(cost)) - cost(root);
}

/** A claim still standing: not ended by proof, nor by a sensor between it and the root that has supply again. */
export function isStanding(world: World, verdict: Verdict, claim: Claim): boolean {
  return reportedDark(claim) !== 0 && claim.until === 0 && presumedUntil(world, verdict, claim) === 0;
}

/**
 * When a sensor above the claim's device and within the fault has supply again, so presumably has the device, until it
 * has had time to say otherwise.
 */
export function presumedUntil(world: World, verdict: Verdict, claim: Claim): Instant {
  const sensor = world.sensors[claim.sensor];
  if (sensor === undefined) return 0;
  const patience = world.settings.freshIntervals * sensor.device.interval_s * 1000;
  const { network, root } = verdict;
  for (
    let node = network.parent[sensor.node] ?? -1;
    node >= 0 && isUnder(network, node, root);
    node = network.parent[node] ?? -1
  ) {
    for (const side of ['out', 'in'] as const) {
      for (const above of world.sensorsAt.get(vertexOf(node, side)) ?? []) {
        const claimed = verdict.burst.claims.get(above);
        if (claimed === undefined || provenDark(claimed) === 0) continue;
        if (world.state.at > claim.last + patience) continue;
        if (claimed.until > claim.last) return claimed.until;
        const live = litAbove(world, above, darkPhases(claim));
        if (live > claim.last) return live;
      }
    }
  }
  return 0;
}

function litAbove(world: World, sensor: number, phases: PhaseMask): Instant {
  const state = world.state.devices[world.sensors[sensor]?.index ?? -1];
  return state === undefined ? 0 : litAt(state, phases);
}

/** Whether the verdict has stood long enough to act on. */
export function isRipe(world: World, verdict: Verdict): boolean {
  const { settings, state } = world;
  const standing = verdict.claims.filter((claim) => isStanding(world, verdict, claim));
  const hold = 1000 * Math.max(settings.gaspHold_s, settings.gaspDelay_s);
  const told = earliest(standing.map(({ toldAt }) => toldAt));
  if (told > 0 && state.at >= told + hold) {
    const quiet = state.at >= verdict.burst.lastHeard + QUIET_MS;
    if (quiet || state.at >= told + 2 * hold) return true;
  }
  const measured = earliest(standing.map(({ measuredAt }) => measuredAt));
  return measured > 0 && state.at >= measured + 1000 * settings.voltageHold_s;
}

/** While reports still come in, the verdict may still move: it waits for a pause, at most one more hold. */
const QUIET_MS = 2_000;

/** Whether the darkness is over and everybody has had time to tell. */
export function isSettled(world: World, verdict: Verdict): boolean {
  if (verdict.claims.some((claim) => isStanding(world, verdict, claim))) return false;
  return world.state.at >= verdict.burst.lastHeard + 1000 * world.settings.closeHold_s;
}

export function earliest(instants: readonly Instant[]): Instant {
  return instants.reduce((least, at) => (at > 0 && (least === 0 || at < least) ? at : least), 0);
}

/** When the loss began: the earliest outright report, else the last instant anybody was live. */
export function onsetOf(world: World, verdict: Verdict): { onset: Instant; onsetEarliest: Instant } {
  const since = latest(
    verdict.claims
      .filter(({ sensor }) => world.sensors[sensor]?.device.backfeed === false)
      .map((claim) => claim.since),
  );
  const reported = earliest(verdict.claims.map((claim) => claim.reported));
  if (reported === 0) return { onset: since, onsetEarliest: since };
  return { onset: reported, onsetEarliest: since === 0 ? reported : Math.min(since, reported) };
}

export function latest(instants: readonly Instant[]): Instant {
  return instants.reduce((most, at) => Math.max(most, at), 0);
}

export function factsOf(world: World, verdict: Verdict): EvidenceFacts {
  const { network, root, burst } = verdict;
  const { tree } = world.topology(burst.topology);
  const below = ({ node, vertex }: Sensor) =>
    node >= 0 &&
    isUnder(network, node, root) &&
    !(verdict.rootSide === 'out' && vertex === vertexOf(root, 'in'));
  let devices = 0;
  for (const sensor of world.sensors)
    if (sensor.role === 'meter' && sensor.device.inService && below(sensor)) devices += 1;
  let lit = 0;
  for (const claim of burst.claims.values()) {
    const sensor = world.sensors[claim.sensor];
    if (claim.lit !== 0 && sensor !== undefined && below(sensor)) lit += 1;
  }
  const has = (kind: Parameters<typeof hasKind>[1]) =>
    verdict.claims.filter((claim) => hasKind(claim, kind)).length;
  return {
    reported: verdict.claims.filter((claim) => reportedDark(claim) !== 0).length,
    returned: has('return'),
    silent: verdict.claims.filter((claim) => provenDark(claim) === 0).length,
    lit,
    devices,
    liveAbove: liveAbove(world, verdict, tree.members[verdict.fault.group]?.[0] ?? 0),
  };
}

/** The nearest sensor above the fault with supply since its onset. */
function liveAbove(world: World, { network, burst, phases }: Verdict, top: number): string | null {
  let vertex = top;
  for (;;) {
    const node = nodeOf(vertex);
    if (sideOf(vertex) === 'out') vertex = vertexOf(node, 'in');
    else {
      const up = network.parent[node] ?? -1;
      if (up < 0) return null;
      vertex = vertexOf(up, 'out');
    }
    for (const sensor of world.sensorsAt.get(vertex) ?? []) {
      const state = world.state.devices[world.sensors[sensor]?.index ?? -1];
      if (state !== undefined && notLitSince(state, phases, burst.to + 1) === 0)
        return idOf(network, nodeOf(vertex));
    }
  }
}
