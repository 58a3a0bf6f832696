import type { AffectedUnit, Incident } from './incident.ts';

/** What an incident lists, by node. */
export interface AffectedIndex {
  readonly byNode: ReadonlyMap<string, readonly AffectedUnit[]>;
  /** How many are still without supply. */
  readonly dark: number;
}

const indexed = new WeakMap<Incident['affected'], AffectedIndex>();

/** Made once for a list that never changes: of ten thousand units, each of ten thousand messages is about one. */
export function affectedIndex({ affected }: Pick<Incident, 'affected'>): AffectedIndex {
  const known = indexed.get(affected);
  if (known !== undefined) return known;
  const byNode = new Map<string, AffectedUnit[]>();
  for (const unit of affected) {
    const same = byNode.get(unit.node);
    if (same === undefined) byNode.set(unit.node, [unit]);
    else same.push(unit);
  }
  const index = { byNode, dark: affected.filter(({ to }) => to === null).length };
  indexed.set(affected, index);
  return index;
}
