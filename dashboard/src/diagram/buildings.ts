import type { NodeView, SiteView } from '../../../contracts/http/sites.ts';

/** One house as its windows: floors from the top down, each with its units from left to right. */
export interface Building {
  readonly name: string;
  readonly floors: readonly { readonly floor: number; readonly units: readonly NodeView[] }[];
  readonly units: readonly NodeView[];
}

/** Houses in natural order of their names; units without a building or floor come back as `others`. */
export function buildingsOf(site: Pick<SiteView, 'nodes' | 'premises'>): {
  buildings: Building[];
  others: NodeView[];
} {
  const premises = new Map(site.premises.map((entry) => [entry.id, entry]));
  const houses = new Map<string, Map<number, NodeView[]>>();
  const others: NodeView[] = [];
  for (const node of site.nodes) {
    if (node.kind !== 'unit') continue;
    const home = premises.get(node.premises ?? '');
    const building = home?.building ?? (home === undefined ? undefined : node.building);
    const floor = home?.floor ?? node.floor;
    if (building === undefined || building === null || floor === undefined || floor === null) {
      others.push(node);
      continue;
    }
    const floors = houses.get(building) ?? new Map<number, NodeView[]>();
    houses.set(building, floors);
    floors.set(floor, [...(floors.get(floor) ?? []), node]);
  }
  const order = new Intl.Collator('zh-CN', { numeric: true });
  const buildings = [...houses]
    .sort(([a], [b]) => order.compare(a, b))
    .map(([name, floors]) => ({
      name,
      floors: [...floors].sort(([a], [b]) => b - a).map(([floor, units]) => ({ floor, units })),
      units: [...floors.values()].flat(),
    }));
  return { buildings, others };
}
