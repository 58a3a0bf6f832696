import { kindOf, type Network, phasesOf } from '../topology/network.ts';
import { ALL_PHASES, type PhaseMask } from '../units/phases.ts';
import { nodeOf, type Sensor, sideOf, type Vertex, vertexOf } from './sensors.ts';
import { costOf, partialCost, type Weights } from './weights.ts';

/**
 * The network contracted for the solver: every maximal chain of vertices with the same evidence below and none between
 * is one group, because no evidence can tell its members apart. Vertices with no sensor below belong to no group (-1).
 */
export interface SolverTree {
  readonly groupOf: Int32Array;
  readonly parent: Int32Array;
  readonly children: readonly (readonly number[])[];
  /** Vertices of each group, top first. */
  readonly members: readonly (readonly Vertex[])[];
  /** `cost[8 * group + mask]`, milli-nats, of a fault on exactly these phases. */
  readonly cost: Int32Array;
  /** Phases on which anything below can testify. */
  readonly observable: Uint8Array;
  /** Light below does not prove light above. */
  readonly barrier: Uint8Array;
  /** `gaspable[3 * group + phase]`: what it weighs that no meter below has gasped, in milli-nats (negative or 0). */
  readonly gaspable: Int32Array;
  /** By group: how many meters in service stand at or below it. */
  readonly meters: Int32Array;
  /** Groups with parents before children. */
  readonly topDown: Int32Array;
  readonly roots: readonly number[];
}

export interface CostOverrides {
  /** Nodes inside their announced window. */
  readonly planned: ReadonlySet<number>;
  /** Nodes whose switch is known to stand open. */
  readonly open: ReadonlySet<number>;
}

export function buildSolverTree(
  network: Network,
  sensors: readonly Sensor[],
  weights: Weights,
  overrides: CostOverrides,
): SolverTree {
  const own = ownSensors(network, sensors);
  const below = sensorsBelow(network, own);
  const groupOf = new Int32Array(2 * network.nodes.length).fill(-1);
  const parent: number[] = [];
  const members: Vertex[][] = [];
  for (const node of network.order) {
    for (const vertex of [vertexOf(node, 'in'), vertexOf(node, 'out')]) {
      if (below[vertex] === 0) continue;
      const up = vertexAbove(network, vertex);
      const upGroup = up === -1 ? -1 : (groupOf[up] ?? -1);
      const startsBarrier = sideOf(vertex) === 'in' && network.barrier[node] === 1;
      const same = up !== -1 && own[up] === 0 && below[up] === below[vertex] && !startsBarrier;
      if (same) {
        groupOf[vertex] = upGroup;
        members[upGroup]?.push(vertex);
      } else {
        groupOf[vertex] = members.length;
        parent.push(upGroup);
        members.push([vertex]);
      }
    }
  }
  const count = members.length;
  const tree = {
    groupOf,
    parent: Int32Array.from(parent),
    children: childrenOf(parent),
    members,
    cost: costsOf(network, members, weights, overrides),
    observable: new Uint8Array(count),
    barrier: new Uint8Array(count),
    gaspable: new Int32Array(3 * count),
    meters: metersBelow(sensors, groupOf, parent),
    topDown: Int32Array.from({ length: count }, (_, i) => i),
    roots: parent.flatMap((up, group) => (up === -1 ? [group] : [])),
  };
  markBarriers(tree, network);
  spreadSensors(tree, sensors, weights);
  return tree;
}

/** Groups are numbered with parents before children. */
function metersBelow(sensors: readonly Sensor[], groupOf: Int32Array, parent: readonly number[]): Int32Array {
  const counts = new Int32Array(parent.length);
  for (const { role, device, node, vertex } of sensors) {
    const group = role === 'meter' && device.inService && node >= 0 ? (groupOf[vertex] ?? -1) : -1;
    if (group >= 0) counts[group] = (counts[group] ?? 0) + 1;
  }
  for (let group = parent.length - 1; group >= 0; group--) {
    const up = parent[group] ?? -1;
    if (up >= 0) counts[up] = (counts[up] ?? 0) + (counts[group] ?? 0);
  }
  return counts;
}

function ownSensors(network: Network, sensors: readonly Sensor[]): Int32Array {
  const own = new Int32Array(2 * network.nodes.length);
  for (const { device, node, vertex } of sensors) {
    if (node >= 0 && device.inService) own[vertex] = (own[vertex] ?? 0) + 1;
  }
  return own;
}

function sensorsBelow(network: Network, own: Int32Array): Int32Array {
  const below = own.slice();
  for (let i = network.order.length - 1; i >= 0; i--) {
    const node = network.order[i] ?? 0;
    const out = vertexOf(node, 'out');
    const into = vertexOf(node, 'in');
    below[into] = (below[into] ?? 0) + (below[out] ?? 0);
    const up = network.parent[node] ?? -1;
    if (up >= 0) {
      const upOut = vertexOf(up, 'out');
      below[upOut] = (below[upOut] ?? 0) + (below[into] ?? 0);
    }
  }
  return below;
}

function vertexAbove(network: Network, vertex: Vertex): Vertex {
  if (sideOf(vertex) === 'out') return vertexOf(nodeOf(vertex), 'in');
  const up = network.parent[nodeOf(vertex)] ?? -1;
  return up === -1 ? -1 : vertexOf(up, 'out');
}

function childrenOf(parent: readonly number[]): number[][] {
  const children: number[][] = parent.map(() => []);
  parent.forEach((up, group) => {
    children[up]?.push(group);
  });
  return children;
}

/** A chain fails when any of its members does. */
function costsOf(
  network: Network,
  members: readonly (readonly Vertex[])[],
  weights: Weights,
  overrides: CostOverrides,
): Int32Array {
  const cost = new Int32Array(8 * members.length);
  members.forEach((vertices, group) => {
    let intact = 1;
    let base = Number.POSITIVE_INFINITY;
    for (const vertex of vertices) {
      const node = nodeOf(vertex);
      intact *= 1 - weights.prior(kindOf(network, node), sideOf(vertex) === 'out' ? 'device' : 'supply');
      if (overrides.planned.has(node)) base = Math.min(base, weights.plannedCost);
      if (overrides.open.has(node)) base = Math.min(base, weights.openCost);
    }
    base = Math.min(base, costOf(1 - intact));
    const top = nodeOf(vertices[0] ?? 0);
    const carried = phasesOf(network, top);
    for (let mask = 1; mask <= ALL_PHASES; mask++) {
      cost[8 * group + mask] = base + partialCost(kindOf(network, top), mask, carried);
    }
  });
  return cost;
}

type Filling = Pick<SolverTree, 'groupOf' | 'parent' | 'members' | 'observable' | 'barrier' | 'gaspable'>;

function markBarriers(tree: Filling, network: Network): void {
  tree.members.forEach(([top = 0], group) => {
    tree.barrier[group] = sideOf(top) === 'in' ? (network.barrier[nodeOf(top)] ?? 0) : 0;
  });
}

/** A meter behind a barrier may be held live by something else: that it did not gasp says nothing about what is above. */
function spreadSensors(tree: Filling, sensors: readonly Sensor[], weights: Weights): void {
  for (const sensor of sensors) {
    if (sensor.node < 0 || !sensor.device.inService) continue;
    let quiet = sensor.gasps;
    for (let group = tree.groupOf[sensor.vertex] ?? -1; group >= 0; group = tree.parent[group] ?? -1) {
      tree.observable[group] = (tree.observable[group] ?? 0) | sensor.phases;
      if (quiet) addPerPhase(tree.gaspable, 3 * group, gaspShare(sensor.phases, weights));
      if (tree.barrier[group] === 1) quiet = false;
    }
  }
}

function addPerPhase(target: Int32Array, at: number, share: readonly [number, number, number]): void {
  for (let phase = 0; phase < 3; phase++)
    target[at + phase] = (target[at + phase] ?? 0) + (share[phase] ?? 0);
}

/** One meter's missing gasp, spread over its phases. */
export function gaspShare(phases: PhaseMask, weights: Weights): readonly [number, number, number] {
  const count = (phases & 1) + ((phases >> 1) & 1) + ((phases >> 2) & 1);
  const share = count === 0 ? 0 : Math.trunc(weights.noGasp / count);
  return [phases & 1 ? share : 0, phases & 2 ? share : 0, phases & 4 ? share : 0];
}
