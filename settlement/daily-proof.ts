import type { Clock } from '../core/ports/clock.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { FundStore } from '../core/ports/money-store.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';

const DAY_MS = 86_400_000;

/** Proves once a day that the books of a site sum to zero; an alarm, loud and counted, when they do not. */
export function createDailyProof(deps: {
  readonly fund: Pick<FundStore, 'verify'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}): (site: string) => Promise<void> {
  const proved = new Map<string, number>();
  return async (site) => {
    const now = deps.clock.monotonic();
    if (now - (proved.get(site) ?? Number.NEGATIVE_INFINITY) < DAY_MS) return;
    proved.set(site, now);
    const { faults, entries } = await deps.fund.verify(site);
    deps.telemetry.count('relight_fund_proofs_total', { outcome: faults.length === 0 ? 'holds' : 'broken' });
    if (faults.length === 0) return;
    deps.log.error('the books of the fund do not hold: stop paying and look', {
      site,
      entries,
      faults: faults.slice(0, 20),
    });
  };
}
