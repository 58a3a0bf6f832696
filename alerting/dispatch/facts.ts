import { dispatchFacts, namedEngineer } from '../../core/notices/dispatch-facts.ts';
import type { DispatchFacts } from '../../core/notices/facts.ts';
import { isIncidentStage, isPlannedStage } from '../../core/notices/notice.ts';
import type { Delivery } from '../../core/ports/outbox.ts';
import type { AlertingDeps } from '../deps.ts';

/** What a message says about the dispatch of its incident; null for messages that do not speak of one. */
export function createDispatchFacts({
  stores,
  signer,
  publicUrl,
}: Pick<AlertingDeps, 'stores' | 'signer' | 'publicUrl'>): (
  delivery: Delivery,
) => Promise<DispatchFacts | null> {
  const linkAt = publicUrl === null ? null : (token: string) => new URL(`/d/${token}`, publicUrl).href;

  return async (delivery) => {
    const { stage } = delivery;
    if (isIncidentStage(stage) || isPlannedStage(stage) || stage === 'still_dark') return null;
    const stored = await stores.dispatches.ofIncident(delivery.site, delivery.subject);
    if (stored === null) return null;
    const engineer = namedEngineer(stored.dispatch);
    const [named] = engineer === null ? [] : await stores.outbox.recipients(delivery.site, [engineer]);
    return dispatchFacts({ ...delivery, stage }, stored.dispatch, named?.name ?? null, signer, linkAt);
  };
}
