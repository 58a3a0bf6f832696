import type { Claim } from './claim.ts';

/** How many times the median of its class an amount may be before a person should look at it. */
const FACTOR = 3;

export type OutlierReason = 'amount_above_class' | 'minutes_beyond_incident';

/**
 * Claims of one incident that a person should look at one by one.
 *
 * @param incidentMinutes How long the incident lasted; null while it lasts.
 */
export function outliersOf(
  claims: readonly Claim[],
  incidentMinutes: number | null,
): ReadonlyMap<string, readonly OutlierReason[]> {
  const medians = mediansByClass(claims);
  return new Map(
    claims.flatMap((claim) => {
      const median = medians.get(claim.customerClass) ?? 0;
      const reasons: OutlierReason[] = [
        ...(claim.amount_minor > FACTOR * median ? (['amount_above_class'] as const) : []),
        // One minute for the rounding of minutes.
        ...(incidentMinutes !== null && claim.minutes > incidentMinutes + 1
          ? (['minutes_beyond_incident'] as const)
          : []),
      ];
      return reasons.length === 0 ? [] : [[claim.id, reasons] as const];
    }),
  );
}

function mediansByClass(claims: readonly Claim[]): ReadonlyMap<string, number> {
  const amounts = new Map<string, number[]>();
  for (const { customerClass, amount_minor } of claims) {
    const own = amounts.get(customerClass);
    if (own === undefined) amounts.set(customerClass, [amount_minor]);
    else own.push(amount_minor);
  }
  return new Map([...amounts].map(([name, some]) => [name, medianOf(some)]));
}

/** The upper one of two in the middle. */
function medianOf(amounts: readonly number[]): number {
  return amounts.toSorted((a, b) => a - b)[Math.floor(amounts.length / 2)] ?? 0;
}
