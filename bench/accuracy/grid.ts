import {
  nodeOf,
  type Sensor,
  sensorsOf,
  sideOf,
  type Vertex,
  vertexOf,
} from '../../core/detection/sensors.ts';
import { buildSolverTree } from '../../core/detection/solver-tree.ts';
import { weightsOf } from '../../core/detection/weights.ts';
import type { Profiles } from '../../core/readings/profile.ts';
import { buildNetwork, kindOf, unitsUnder } from '../../core/topology/network.ts';
import type { Site } from '../../core/topology/site.ts';
import { normalSwitching } from '../../core/topology/switching.ts';
import { maskOf } from '../../core/units/phases.ts';

/** A place where something can fail. */
export interface Place {
  readonly node: string;
  readonly side: 'in' | 'out';
  readonly kind: string;
  readonly phases: string;
  /** Meters that would go dark. */
  readonly meters: number;
}

/** A site seen by who judges verdicts on it: where faults can be, and which of them no evidence can tell apart. */
export interface Grid {
  readonly site: Site;
  readonly places: readonly Place[];
  /**
   * What a fault at a place darkens, as a key: equal keys are the equivalence class of DESIGN 4.3, taken by phase, so
   * that phase B of a panel and its only unit on B are one. '' when nothing there can testify.
   */
  signature(node: string, side: 'in' | 'out', phases: string): string;
  /** Ids of the devices in a signature. */
  devicesIn(signature: string): readonly string[];
  isUnder(node: string, root: string): boolean;
}

const NEVER = new Set<number>();

export function gridOf(site: Site, profiles: Profiles): Grid {
  const network = buildNetwork(site, normalSwitching(site));
  const sensors = sensorsOf(
    site,
    network,
    (id) => profiles.get(id) ?? { lastGasp: false, reportsUptime: false },
  );
  const tree = buildSolverTree(network, sensors, weightsOf(site.site.detection), {
    planned: NEVER,
    open: NEVER,
  });
  const below: Sensor[][] = tree.members.map(() => []);
  for (const sensor of sensors) {
    // Nobody reads a contact here, so it tells no place from its neighbour.
    if (sensor.node < 0 || !sensor.device.inService || sensor.role === 'contact') continue;
    for (let at = tree.groupOf[sensor.vertex] ?? -1; at >= 0; at = tree.parent[at] ?? -1)
      below[at]?.push(sensor);
  }

  const at = (node: string, side: 'in' | 'out'): Vertex => vertexOf(network.index.get(node) ?? 0, side);
  const signature = (node: string, side: 'in' | 'out', phases: string) => {
    const mask = maskOf(phases);
    return (below[tree.groupOf[at(node, side)] ?? -1] ?? [])
      .flatMap(({ role, phases: own, device }) => (own & mask ? [`${role} ${own & mask} ${device.id}`] : []))
      .sort()
      .join('|');
  };

  const transferred = new Set(site.transfers.map(({ node }) => node));
  const places = [...tree.groupOf.keys()].flatMap((vertex): Place[] => {
    const node = nodeOf(vertex);
    const side = sideOf(vertex);
    const { id, phases } = site.nodes[node] ?? { id: '', phases: 'ABC' };
    const kind = kindOf(network, node);
    const meters = (below[tree.groupOf[vertex] ?? -1] ?? []).filter(({ role }) => role === 'meter').length;
    if (meters === 0 || unitsUnder(network, node).length === 0) return [];
    if (kind === 'generator' || kind === 'ups' || (transferred.has(id) && side === 'in')) return [];
    return [{ node: id, side, kind, phases, meters }];
  });

  return {
    site,
    places,
    signature,
    devicesIn: (key) => [...new Set(key.split('|').flatMap((part) => part.split(' ')[2] ?? []))],
    isUnder(node, root) {
      const index = network.index.get(root) ?? -1;
      const own = network.index.get(node) ?? -1;
      if (index < 0 || own < 0) return false;
      const entered = network.enter[own] ?? -1;
      return entered >= (network.enter[index] ?? 0) && entered < (network.leave[index] ?? 0);
    },
  };
}
