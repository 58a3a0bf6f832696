import type { IncidentView } from '../../../contracts/http/incidents.ts';
import type { Tree } from '../diagram/sections.ts';

/** EEMUA 191: more than this many in ten minutes and nobody reads them one by one. */
export const FLOOD = 10;
const WINDOW_MS = 600_000;

export interface CauseGroup {
  /** The node the group's faults have in common, or the incident they are part of. */
  readonly key: string;
  readonly incidents: readonly IncidentView[];
}

export function recent(incidents: readonly IncidentView[], now: number): number {
  return incidents.filter(({ detectedAt }) => now - Date.parse(detectedAt) < WINDOW_MS).length;
}

/**
 * Puts together what has a cause in common: incidents within an incident, else faults behind the same board. `incidents` come
 * most urgent first, and so do the groups.
 */
export function groupByCause(incidents: readonly IncidentView[], tree: Tree): CauseGroup[] {
  const byId = new Map(incidents.map((incident) => [incident.id, incident]));
  const groups = new Map<string, IncidentView[]>();
  for (const incident of incidents) {
    const key = boardOf(outermost(incident, byId).root, tree);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [incident]);
    else group.push(incident);
  }
  return [...groups].map(([key, members]) => ({ key, incidents: members }));
}

function outermost(incident: IncidentView, byId: ReadonlyMap<string, IncidentView>): IncidentView {
  const seen = new Set<string>();
  let top = incident;
  while (top.nestedOf !== null && !seen.has(top.id)) {
    seen.add(top.id);
    const above = byId.get(top.nestedOf);
    if (above === undefined) break;
    top = above;
  }
  return top;
}

/** The nearest board above a fault that is no board itself; the fault where there is none. */
function boardOf(root: string, tree: Tree): string {
  for (let node = tree.byId.get(root); node !== undefined; node = tree.byId.get(node.fedBy ?? '')) {
    if (node.kind === 'board') return node.id;
  }
  return root;
}
