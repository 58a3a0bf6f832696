import { ALL_PHASES, maskOf, type PhaseMask } from '../units/phases.ts';
import { loopsOf } from './loops.ts';
import type { NetworkNode, NodeKind, Site } from './site.ts';
import { feedersOf, type Switching } from './switching.ts';

/**
 * The electrical network as a forest of numbered nodes, in the order of the site file. `enter`/`leave` are positions of a
 * depth-first walk, so "below" is two comparisons and the units below a node are one slice.
 */
export interface Network {
  readonly nodes: readonly NetworkNode[];
  readonly index: ReadonlyMap<string, number>;
  readonly parent: Int32Array;
  readonly children: readonly (readonly number[])[];
  readonly phases: Uint8Array;
  readonly enter: Int32Array;
  readonly leave: Int32Array;
  readonly depth: Int32Array;
  /** Nodes in walking order. */
  readonly order: Int32Array;
  /** Units in walking order. */
  readonly units: Int32Array;
  /**
   * Nodes that something else than their feeder may hold live: behind a transfer switch, a UPS. Darkness passes them
   * upwards as evidence, light does not.
   */
  readonly barrier: Uint8Array;
  /** By node: the node below which its loop lies; -1 off every loop. */
  readonly loop: Int32Array;
}

export function buildNetwork(site: Site, switching: Switching): Network {
  const { nodes } = site;
  const parent = feedersOf(site, switching);
  const children: number[][] = nodes.map(() => []);
  parent.forEach((up, node) => {
    if (up >= 0) children[up]?.push(node);
  });
  const walk = walkForest(parent, children);
  const isUnit = (node: number) => nodes[node]?.kind === 'unit';
  const transferred = new Set(site.transfers.map(({ node }) => node));
  return {
    nodes,
    index: new Map(nodes.map(({ id }, i) => [id, i])),
    parent,
    children,
    phases: Uint8Array.from(nodes, ({ phases }) => maskOf(phases) || ALL_PHASES),
    ...walk,
    units: walk.order.filter(isUnit),
    barrier: Uint8Array.from(nodes, ({ id, kind }) => (kind === 'ups' || transferred.has(id) ? 1 : 0)),
    loop: loopsOf(site, switching, parent),
  };
}

function walkForest(parent: Int32Array, children: readonly (readonly number[])[]) {
  const count = parent.length;
  const enter = new Int32Array(count);
  const leave = new Int32Array(count);
  const depth = new Int32Array(count);
  const order = new Int32Array(count);
  const next = new Int32Array(count);
  let position = 0;
  for (let root = 0; root < count; root++) {
    if (parent[root] !== -1) continue;
    const stack = [root];
    enter[root] = position;
    order[position++] = root;
    for (let at = stack.at(-1); at !== undefined; at = stack.at(-1)) {
      const child = children[at]?.[next[at] ?? 0];
      if (child === undefined) {
        leave[at] = position;
        stack.pop();
        continue;
      }
      next[at] = (next[at] ?? 0) + 1;
      depth[child] = (depth[at] ?? 0) + 1;
      enter[child] = position;
      order[position++] = child;
      stack.push(child);
    }
  }
  return { enter, leave, depth, order };
}

export function kindOf(network: Network, node: number): NodeKind {
  return network.nodes[node]?.kind ?? 'junction';
}

export function idOf(network: Network, node: number): string {
  return network.nodes[node]?.id ?? '';
}

export function phasesOf(network: Network, node: number): PhaseMask {
  return network.phases[node] ?? ALL_PHASES;
}

/** Whether `node` is `root` or hangs below it. */
export function isUnder(network: Network, node: number, root: number): boolean {
  const at = network.enter[node] ?? -1;
  return at >= (network.enter[root] ?? 0) && at < (network.leave[root] ?? 0);
}

/** The units at or below a node, in walking order. */
export function unitsUnder(network: Network, root: number): Int32Array {
  const from = network.enter[root] ?? 0;
  const to = network.leave[root] ?? 0;
  return network.units.subarray(firstFrom(network, from), firstFrom(network, to));
}

/** Position in `units` of the first one entered at or after `enter`. */
function firstFrom(network: Network, enter: number): number {
  let low = 0;
  let high = network.units.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const unit = network.units[middle] ?? 0;
    if ((network.enter[unit] ?? 0) < enter) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a transfer or a UPS at or above the node may feed it from elsewhere. */
export function hasStandby(network: Network, node: number): boolean {
  for (let at = node; at >= 0; at = network.parent[at] ?? -1) if (network.barrier[at] === 1) return true;
  return false;
}
