import type { Site } from '../topology/site.ts';
import type { Command } from './engine.ts';
import type { EngineState } from './world.ts';

/** An announced window is over for good once nothing can overrun it any more. */
const OVER_MS = 86_400_000;

/**
 * What has been told and still holds, as commands that lead an engine without a past there: switches that stand
 * otherwise than the site file says, changed nodes, announced windows, devices out of service.
 */
export function standingCommands(
  site: Site,
  { topologies, planned, outOfService = [], at }: EngineState,
): Command[] {
  const now = topologies.at(-1);
  const commands: Command[] = [];
  if (now === undefined) return commands;
  const written = new Map(site.nodes.map((node) => [node.id, JSON.stringify(node)]));
  const nodes = now.nodes?.filter((node) => written.get(node.id) !== JSON.stringify(node)) ?? [];
  if (nodes.length > 0) commands.push({ type: 'topology', nodes });
  const { ties, alternate, open } = now.switching;
  for (const { id, closed } of site.ties) {
    if (ties.includes(id) !== closed) commands.push({ type: 'tie', id, closed: !closed });
  }
  for (const id of alternate) commands.push({ type: 'transfer', id, to: 'alternate' });
  for (const node of open) commands.push({ type: 'breaker', node, closed: false });
  for (const window of planned) if (window.to > at - OVER_MS) commands.push({ type: 'planned', ...window });
  for (const device of outOfService) commands.push({ type: 'out_of_service', device, out: true, reason: '' });
  return commands;
}
