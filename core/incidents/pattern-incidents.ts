import { idOf, isUnder, kindOf, type Network } from '../topology/network.ts';
import { type PhaseMask, phasesText } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import { makeRecord, publishRecord } from './make-record.ts';
import type { Pattern } from './pattern-seen.ts';
import { type IncidentRecord, note } from './record.ts';
import type { World } from './world.ts';

export function hearPattern(
  world: World,
  sensor: number,
  pattern: Pattern | 'none',
  phases: PhaseMask,
  at: Instant,
): void {
  const { patterns } = world.state;
  const known = patterns.get(sensor);
  if (pattern === 'none') {
    if (known !== undefined) patterns.delete(sensor);
    return;
  }
  if (known?.pattern === pattern) known.phases = phases;
  else patterns.set(sensor, { pattern, phases, since: at, heard: world.state.at });
}

interface Sighting {
  readonly root: number;
  readonly phases: PhaseMask;
  readonly since: Instant;
  readonly heard: Instant;
}

/** Opens and closes the incidents of voltage patterns: a broken neutral is a danger, an open phase above a transformer a brownout. */
export function judgePatterns(world: World): void {
  const { state } = world;
  const open = state.incidents.filter((record) => record.pattern !== null && record.state === 'open');
  if (state.patterns.size === 0 && open.length === 0) return;
  const { network } = world.current();
  const seen = [
    ...sightings(world, network, 'broken_neutral').map((sighting) => ({
      pattern: 'broken_neutral' as const,
      sighting,
    })),
    ...sightings(world, network, 'open_high_side_phase').map((sighting) => ({
      pattern: 'open_high_side_phase' as const,
      sighting,
    })),
  ];
  for (const { pattern, sighting } of seen) {
    const known = open.find((record) => record.pattern === pattern && related(network, record, sighting));
    if (known !== undefined) continue;
    if (state.at - sighting.heard >= 1000 * world.settings.voltageHold_s)
      openPattern(world, network, pattern, sighting);
  }
  for (const record of open) {
    const still = seen.some(
      ({ pattern, sighting }) => pattern === record.pattern && related(network, record, sighting),
    );
    closeWhenGone(world, record, still);
  }
}

function related(network: Network, record: IncidentRecord, { root }: Sighting): boolean {
  return isUnder(network, root, record.root) || isUnder(network, record.root, root);
}

/** The devices that show a pattern, gathered at the nodes where it must come from. */
function sightings(world: World, network: Network, pattern: Pattern): Sighting[] {
  const byNode = new Map<number, Sighting>();
  for (const [sensor, seen] of world.state.patterns) {
    if (seen.pattern !== pattern) continue;
    const node = world.sensors[sensor]?.node ?? -1;
    if (node < 0) continue;
    const root = pattern === 'open_high_side_phase' ? transformerAbove(network, node) : node;
    const known = byNode.get(root);
    byNode.set(root, {
      root,
      phases: (known?.phases ?? 0) | seen.phases,
      since: Math.min(known?.since ?? seen.since, seen.since),
      heard: Math.min(known?.heard ?? seen.heard, seen.heard),
    });
  }
  const all = [...byNode.values()];
  return all.filter((one) => !all.some((other) => other !== one && isUnder(network, one.root, other.root)));
}

function transformerAbove(network: Network, node: number): number {
  for (let at = node; at >= 0; at = network.parent[at] ?? -1)
    if (kindOf(network, at) === 'transformer') return at;
  return node;
}

function openPattern(
  world: World,
  network: Network,
  pattern: Pattern,
  { root, phases, since }: Sighting,
): void {
  const rootId = idOf(network, root);
  const safety = pattern === 'broken_neutral';
  const record = makeRecord(
    world,
    safety ? 'safety' : 'partial',
    { root, rootId, rootSide: safety ? null : 'in', candidates: [rootId], phases },
    since,
    since,
  );
  record.pattern = pattern;
  record.interrupts = false;
  record.margin = 4_000;
  const reason = safety
    ? 'phase voltages drift apart while line voltages stay'
    : `phases ${phasesText(phases)} stand at half voltage, the third is whole`;
  publishRecord(world, record, 'opened', reason);
}

function closeWhenGone(world: World, record: IncidentRecord, still: boolean): void {
  const { at } = world.state;
  if (still) {
    record.provenSince = 0;
    return;
  }
  if (record.provenSince === 0) record.provenSince = at;
  if (at - record.provenSince < 1000 * world.settings.closeHold_s) return;
  record.state = 'restored';
  record.restoredAt = record.provenSince;
  record.closedAt = at;
  note(record, at, 'restored', 'voltages are normal again');
}
