/** What is known about a node's supply now. */
export type SupplyState = 'lit' | 'dark' | 'unknown';

export interface Supply {
  readonly state: SupplyState;
  readonly incident: string | null;
}

export function countSupply(
  nodes: Iterable<{ readonly id: string }>,
  supply: ReadonlyMap<string, Supply>,
): Record<SupplyState, number> {
  const count = { lit: 0, dark: 0, unknown: 0 };
  for (const { id } of nodes) count[supply.get(id)?.state ?? 'unknown'] += 1;
  return count;
}
