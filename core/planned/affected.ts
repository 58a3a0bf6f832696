import { buildNetwork, unitsUnder } from '../topology/network.ts';
import type { Site } from '../topology/site.ts';
import { normalSwitching } from '../topology/switching.ts';

export interface PlanAffected {
  /** In the order of the walk, each once. */
  readonly premises: readonly string[];
  /** Premises by the telephone of who is to be told: owners and occupants, each person once. */
  readonly people: ReadonlyMap<string, readonly string[]>;
}

/** Whose supply goes with these nodes, as the network normally stands. */
export function planAffected(site: Site, nodes: readonly string[]): PlanAffected {
  const network = buildNetwork(site, normalSwitching(site));
  const units = new Set<number>();
  for (const id of nodes) {
    const node = network.index.get(id);
    if (node === undefined) continue;
    for (const unit of unitsUnder(network, node)) units.add(unit);
  }
  const hit = new Set([...units].flatMap((unit) => network.nodes[unit]?.premises ?? []));
  const people = new Map<string, string[]>();
  for (const { id, owner, occupant } of site.premises) {
    if (!hit.has(id)) continue;
    for (const phone of new Set([owner?.phone, occupant?.phone])) {
      if (phone === undefined) continue;
      const own = people.get(phone);
      if (own === undefined) people.set(phone, [id]);
      else own.push(id);
    }
  }
  return { premises: [...hit], people };
}
