import { litAt } from '../detection/device-state.ts';
import { vertexOf } from '../detection/sensors.ts';
import type { SolverTree } from '../detection/solver-tree.ts';
import { idOf, type Network } from '../topology/network.ts';
import type { NodeState } from './engine.ts';
import { type AffectedRecord, unitsOf } from './record.ts';
import type { World } from './world.ts';

/**
 * What a board colours: dark under an open loss, lit where something at or below it lately had supply or where nothing
 * could say so but what feeds it has it, else unknown.
 */
export function supplyStates(world: World): NodeState[] {
  const { network, tree } = world.current();
  const count = network.nodes.length;
  const incident = darkness(world);
  const lit = new Uint8Array(count);
  world.sensors.forEach((sensor) => {
    const state = world.state.devices[sensor.index];
    if (sensor.role !== 'meter' || sensor.node < 0 || state === undefined || sensor.device.backfeed) return;
    const patience = 1000 * world.settings.silentIntervals * sensor.device.interval_s;
    if (litAt(state, sensor.phases) < world.state.at - patience) return;
    for (let node = sensor.node; node >= 0 && lit[node] === 0; node = network.parent[node] ?? -1) {
      lit[node] = 1;
      if (network.barrier[node] === 1) break;
    }
  });
  for (const node of network.order) {
    if (lit[node] === 0 && lit[network.parent[node] ?? -1] === 1 && isUnmeasured(tree, node)) lit[node] = 1;
  }
  return network.nodes.map((_, node) => {
    const dark = incident.get(node);
    const state = dark !== undefined ? 'dark' : lit[node] === 1 ? 'lit' : 'unknown';
    return { node: idOf(network, node), state, incident: dark ?? null };
  });
}

/** No device in service stands at or below the node. */
function isUnmeasured(tree: SolverTree, node: number): boolean {
  return tree.groupOf[vertexOf(node, 'in')] === -1 && tree.groupOf[vertexOf(node, 'out')] === -1;
}

/** The open incident that holds each node dark. */
function darkness(world: World): Map<number, string> {
  const { network } = world.current();
  const dark = new Map<number, string>();
  for (const record of world.state.incidents) {
    if (record.state !== 'open' || !record.published || !record.interrupts || record.root < 0) continue;
    const units = unitsOf(record);
    for (const entry of units.values())
      if (entry.until === 0 && entry.basis !== 'unknown') dark.set(entry.unit, record.id);
    const restored = nodesOver(network, units.values());
    for (let at = network.enter[record.root] ?? 0; at < (network.leave[record.root] ?? 0); at++) {
      const node = network.order[at] ?? -1;
      if (node < 0 || network.nodes[node]?.kind === 'unit' || dark.has(node)) continue;
      if (!restored.has(node)) dark.set(node, record.id);
    }
  }
  return dark;
}

/** The nodes with a unit at or below them that has supply again. */
function nodesOver(network: Network, units: Iterable<AffectedRecord>): Set<number> {
  const nodes = new Set<number>();
  for (const { unit, until } of units) {
    if (until === 0) continue;
    for (let node = unit; node >= 0 && !nodes.has(node); node = network.parent[node] ?? -1) nodes.add(node);
  }
  return nodes;
}
