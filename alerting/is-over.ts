import type { ClaimedDelivery } from '../core/ports/outbox.ts';
import type { AlertingDeps } from './deps.ts';

/** Whether what a message says is no longer so: who has not yet read that an outage began need not be told now. */
export function createIsOver(
  stores: Pick<AlertingDeps['stores'], 'incidents'>,
): (claimed: Pick<ClaimedDelivery, 'delivery'>) => Promise<boolean> {
  return async ({ delivery }) => {
    if (delivery.stage !== 'lost' && delivery.stage !== 'changed') return false;
    const incident = await stores.incidents.get(delivery.site, delivery.subject);
    return incident !== null && incident.state !== 'open';
  };
}
