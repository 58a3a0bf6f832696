import type { EstimateList, EstimateView } from '../../contracts/http/estimates.ts';
import type { Estimate } from '../../core/ports/estimate-store.ts';
import { money, moneyText } from '../../core/units/money.ts';
import { toIso } from '../../core/units/time.ts';

export function estimateView(estimate: Estimate): EstimateView {
  return {
    incident: estimate.incident,
    premises: estimate.premises,
    scheme: estimate.scheme,
    state: estimate.state,
    minutes: estimate.minutes,
    amount: estimate.refused === null ? moneyText(money(estimate.amount_minor, estimate.currency)) : null,
    refused: estimate.refused?.map(({ path, code }) => ({ path, code })) ?? null,
    trace: [...estimate.trace],
    at: toIso(estimate.at),
  };
}

/** Sums by currency of what could be computed, with the number of premises behind each. */
export function totalsOf(estimates: readonly Estimate[]): EstimateList['totals'] {
  const sums = new Map<string, { minor: bigint; premises: Set<string> }>();
  for (const estimate of estimates) {
    if (estimate.refused !== null) continue;
    const sum = sums.get(estimate.currency) ?? { minor: 0n, premises: new Set<string>() };
    sum.minor += BigInt(estimate.amount_minor);
    sum.premises.add(estimate.premises);
    sums.set(estimate.currency, sum);
  }
  return [...sums].map(([currency, { minor, premises }]) => ({
    ...moneyText(money(minor, currency)),
    premises: premises.size,
  }));
}
