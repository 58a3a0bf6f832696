import type { PlanRefusal } from '../../core/planned/change.ts';
import type { Site } from '../../core/topology/site.ts';
import type { Instant } from '../../core/units/time.ts';
import { instantOf } from '../context.ts';
import { Refused } from '../errors.ts';

interface Given {
  readonly nodes: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** Nodes and window of a request's body, or what is wrong with them. */
export function planWindow(
  site: Site,
  given: Given,
): { nodes: readonly string[]; from: Instant; to: Instant } {
  const from = instantOf(given.from, '/body/from');
  const to = instantOf(given.to, '/body/to');
  if (from >= to) throw new Refused('invalid_range');
  const known = new Set(site.nodes.map((node) => node.id));
  const unknown = given.nodes.flatMap((node, i) => (known.has(node) ? [] : [`/body/nodes/${i}`]));
  if (unknown.length > 0)
    throw new Refused('unknown_node', { errors: unknown.map((path) => ({ path, code: 'unknown_node' })) });
  return { nodes: given.nodes, from, to };
}

export function planRefused({ refused, missed_h }: PlanRefusal): Refused {
  if (refused !== 'notice_too_late')
    return new Refused('plan_refused', { errors: [{ path: '/body', code: refused }] });
  const message = `less than ${missed_h.join(' h and ')} h ahead: give an exemption with its reason, or a later window`;
  return new Refused('plan_refused', { errors: [{ path: '/body/exemption', code: refused, message }] });
}
