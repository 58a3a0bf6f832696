import type { Burst, Judge } from '../detection/burst.ts';
import { type Claim, cameBack, darkPhases, provenDark, reportedDark } from '../detection/claim.ts';
import { litAt, notLitSince } from '../detection/device-state.ts';
import type { Fault } from '../detection/outage-set.ts';
import { nodeOf, sideOf, vertexOf } from '../detection/sensors.ts';
import type { SolverTree } from '../detection/solver-tree.ts';
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

/** What was last found for a burst; it holds until its evidence changes or missing gasps begin to count. */
const found = new WeakMap<Judge, { edits: number; gaspsDue: boolean; verdicts: readonly Verdict[] }>();

/** The most likely faults of a burst, the best supported first. */
export function verdictsOf(world: World, burst: Burst): Verdict[] {
  const judge = world.judge(burst);
  const last = found.get(judge);
  if (last !== undefined && last.edits === judge.edits() && last.gaspsDue === burst.gaspsDue)
    return [...last.verdicts];
  const verdicts = findVerdicts(world, burst);
  found.set(judge, { edits: judge.edits(), gaspsDue: burst.gaspsDue, verdicts });
  return [...verdicts];
}

function findVerdicts(world: World, burst: Burst): Verdict[] {
  const { network, tree } = world.topology(burst.topology);
  const faults = world.judge(burst).set.extract();
  if (faults.length === 0) return [];
  const claimsOf = shareClaims(world, burst, faults);
  return faults
    .map((fault) => {
      const observable = tree.observable[fault.group] ?? ALL_PHASES;
      const partial = (fault.phases & observable) !== observable;
      const named = rootOf(world, network, tree, fault.group, partial);
      const phases = partial ? fault.phases & observable : phasesOf(network, named.root);
      const margin = Math.min(fault.margin, named.margin);
      return { fault, burst, network, ...named, phases, partial, margin, claims: claimsOf.get(fault) ?? [] };
    })
    .filter(({ claims }) => claims.some((claim) => provenDark(claim) !== 0))
    .sort((a, b) => b.fault.gain - a.fault.gain || a.root - b.root);
}

function shareClaims(world: World, burst: Burst, faults: readonly Fault[]): Map<Fault, Claim[]> {
  const { tree } = world.topology(burst.topology);
  const byGroup = new Map(faults.map((fault) => [fault.group, fault]));
  const claimsOf = new Map<Fault, Claim[]>(faults.map((fault) => [fault, []]));
  for (const claim of world.judge(burst).dark.values()) {
    const dark = darkPhases(claim);
    let group = tree.groupOf[world.sensors[claim.sensor]?.vertex ?? -1] ?? -1;
    for (; group >= 0; group = tree.parent[group] ?? -1) {
      const fault = byGroup.get(group);
      if (fault === undefined || (fault.phases & dark) === 0) continue;
      claimsOf.get(fault)?.push(claim);
      break;
    }
  }
  return claimsOf;
}

type Named = Pick<Verdict, 'root' | 'rootSide' | 'candidates' | 'margin'>;

/** A group's name hangs on its tree alone. */
const namesOf = new WeakMap<SolverTree, Map<number, Named>>();

function rootOf(world: World, network: Network, tree: SolverTree, group: number, partial: boolean): Named {
  const names = namesOf.get(tree) ?? new Map<number, Named>();
  namesOf.set(tree, names);
  const key = 2 * group + (partial ? 1 : 0);
  let named = names.get(key);
  if (named === undefined) {
    named = nameRoot(world, network, tree.members[group] ?? [], partial);
    names.set(key, named);
  }
  return named;
}

/**
 * Names a group: the top-most switching device, else the top-most node. One dead phase beside two whole ones cannot come
 * through a transformer's windings, so a partial loss is looked for below it.
 */
function nameRoot(world: World, network: Network, members: readonly number[], partial: boolean): Named {
  const lowest = partial
    ? members.findLastIndex((vertex) => kindOf(network, nodeOf(vertex)) === 'transformer')
    : -1;
  const possible = lowest >= 0 && lowest < members.length - 1 ? members.slice(lowest + 1) : members;
  const nodes = [...new Set(possible.map(nodeOf))];
  const root = nodes.find((node) => isSwitch(network, node)) ?? nodes[0] ?? 0;
  const sides = possible.filter((vertex) => nodeOf(vertex) === root).map(sideOf);
  const top = network.loop[root] ?? -1;
  if (top >= 0) return { root, rootSide: null, candidates: onLoop(network, top), margin: 0 };
  return {
    root,
    rootSide: sides.length === 1 ? (sides[0] ?? null) : isSource(network, root) ? ('out' as const) : null,
    candidates: nodes.map((node) => idOf(network, node)),
    margin: marginAmong(world, network, possible, nodes, root),
  };
}

/** Every node of the loop below `top`, in walking order. */
function onLoop(network: Network, top: number): string[] {
  return [...network.order].filter((node) => network.loop[node] === top).map((node) => idOf(network, node));
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
  if (world.state.at > claim.last + patience) return 0;
  const { network, root } = verdict;
  for (const above of sensorsAbove(world, network, sensor.node)) {
    if (!isUnder(network, world.sensors[above]?.node ?? -1, root)) return 0;
    const claimed = verdict.burst.claims.get(above);
    if (claimed === undefined || provenDark(claimed) === 0) continue;
    if (claimed.until > claim.last) return claimed.until;
    const live = litAbove(world, above, darkPhases(claim));
    if (live > claim.last) return live;
  }
  return 0;
}

/** Sensors at the nodes above each node, the nearest first; shared where nothing stands between. */
const aboveOf = new WeakMap<Network, Map<number, readonly number[]>>();

function sensorsAbove(world: World, network: Network, node: number): readonly number[] {
  const lists = aboveOf.get(network) ?? new Map<number, readonly number[]>();
  aboveOf.set(network, lists);
  const known = lists.get(node);
  if (known !== undefined) return known;
  const up = network.parent[node] ?? -1;
  let above: readonly number[] = [];
  if (up >= 0) {
    const own = (['out', 'in'] as const).flatMap((side) => world.sensorsAt.get(vertexOf(up, side)) ?? []);
    const further = sensorsAbove(world, network, up);
    above = own.length === 0 ? further : [...own, ...further];
  }
  lists.set(node, above);
  return above;
}

function litAbove(world: World, sensor: number, phases: PhaseMask): Instant {
  const state = world.state.devices[world.sensors[sensor]?.index ?? -1];
  return state === undefined ? 0 : litAt(state, phases);
}

/** Whether the verdict has stood long enough to act on. */
export function isRipe(world: World, verdict: Verdict): boolean {
  const { settings, state } = world;
  const hold = 1000 * Math.max(settings.gaspHold_s, settings.gaspDelay_s);
  const quiet = state.at >= verdict.burst.lastHeard + QUIET_MS;
  const told = state.at - (quiet ? hold : 2 * hold);
  const measured = state.at - 1000 * settings.voltageHold_s;
  return verdict.claims.some(
    (claim) =>
      (isUpTo(claim.toldAt, told) || isUpTo(claim.measuredAt, measured)) && isStanding(world, verdict, claim),
  );
}

function isUpTo(instant: Instant, limit: Instant): boolean {
  return instant > 0 && instant <= limit;
}

/** While reports still come in, the verdict may still move: it waits for a pause, at most one more hold. */
const QUIET_MS = 2_000;

/** Whether the darkness is over and everybody has had time to tell. */
export function isSettled(world: World, verdict: Verdict): boolean {
  if (verdict.claims.some((claim) => isStanding(world, verdict, claim))) return false;
  return world.state.at >= verdict.burst.lastHeard + 1000 * world.settings.closeHold_s;
}

interface Onset {
  readonly onset: Instant;
  readonly onsetEarliest: Instant;
}

/** When the loss began: the earliest outright report, else the last instant anybody was live. */
export function onsetOf(world: World, verdict: Verdict): Onset {
  const { since, first } = sumOf(world, verdict);
  if (first === 0) return { onset: since, onsetEarliest: since };
  return { onset: first, onsetEarliest: since === 0 ? first : Math.min(since, first) };
}

/** What the claims of a verdict come to. */
interface Sum {
  /** The last live instant of any before the loss, and the earliest outright report; 0 for none. */
  readonly since: Instant;
  readonly first: Instant;
  readonly reported: number;
  readonly returned: number;
  readonly silent: number;
}

/** A verdict never changes once it is found. */
const sums = new WeakMap<Verdict, Sum>();

function sumOf(world: World, verdict: Verdict): Sum {
  const known = sums.get(verdict);
  if (known !== undefined) return known;
  let since = 0;
  let first = 0;
  let reported = 0;
  let returned = 0;
  let silent = 0;
  for (const claim of verdict.claims) {
    if (claim.since > since && world.backfed[claim.sensor] === 0) since = claim.since;
    if (claim.reported > 0 && (first === 0 || claim.reported < first)) first = claim.reported;
    if (reportedDark(claim) !== 0) reported += 1;
    else if (cameBack(claim)) returned += 1;
    if (provenDark(claim) === 0) silent += 1;
  }
  const sum = { since, first, reported, returned, silent };
  sums.set(verdict, sum);
  return sum;
}

export function latest(instants: readonly Instant[]): Instant {
  return instants.reduce((most, at) => Math.max(most, at), 0);
}

/** Members of a group have the same sensors below them, so what is counted for the group holds for the root it names. */
export function factsOf(world: World, verdict: Verdict): EvidenceFacts {
  const { burst, fault } = verdict;
  const { tree } = world.topology(burst.topology);
  const { reported, returned, silent } = sumOf(world, verdict);
  return {
    reported,
    returned,
    silent,
    lit: world.judge(burst).set.litBelow(fault.group),
    devices: tree.meters[fault.group] ?? 0,
    liveAbove: liveAbove(world, verdict, tree.members[fault.group]?.[0] ?? 0),
    loopBelow: loopBelow(verdict.network, verdict.root),
  };
}

function loopBelow(network: Network, root: number): string | null {
  const top = network.loop[root] ?? -1;
  return top < 0 ? null : idOf(network, top);
}

/** The nearest sensor above the fault with supply since its onset. */
function liveAbove(world: World, { network, burst, phases }: Verdict, top: number): string | null {
  const node = nodeOf(top);
  const own = sideOf(top) === 'out' ? (world.sensorsAt.get(vertexOf(node, 'in')) ?? []) : [];
  for (const sensors of [own, sensorsAbove(world, network, node)]) {
    for (const index of sensors) {
      const sensor = world.sensors[index];
      const state = world.state.devices[sensor?.index ?? -1];
      if (sensor === undefined || state === undefined) continue;
      if (notLitSince(state, phases, burst.to + 1) === 0) return idOf(network, sensor.node);
    }
  }
  return null;
}
