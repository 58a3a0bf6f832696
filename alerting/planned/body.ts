import { incidentNumber, type Language } from '../../core/notices/facts.ts';
import { buildingOf, indexSite, type SiteIndex } from '../../core/notices/facts-of.ts';
import type { PlannedStage } from '../../core/notices/notice.ts';
import { plannedBody } from '../../core/notices/planned-text.ts';
import type { Delivery } from '../../core/ports/outbox.ts';
import type { StoredSite } from '../../core/ports/site-store.ts';
import type { AlertingDeps } from '../deps.ts';

/** Bodies of messages about planned outages, from the plan as it now stands. */
export function createPlanBody(
  { stores, sites }: Pick<AlertingDeps, 'stores' | 'sites'>,
  linkOf: (delivery: Delivery) => string | null,
): (delivery: Delivery, stage: PlannedStage, language: Language) => Promise<string | null> {
  const indexes = new WeakMap<StoredSite, SiteIndex>();

  function indexOf(stored: StoredSite): SiteIndex {
    const index = indexes.get(stored) ?? indexSite(stored.site);
    indexes.set(stored, index);
    return index;
  }

  return async (delivery, stage, language) => {
    const stored = sites.get(delivery.site);
    const found = await stores.planned.get(delivery.site, delivery.subject);
    if (stored === undefined || found === null) return null;
    const index = indexOf(stored);
    const { name, timeZone, phone = null, simulated } = index.site;
    const { from, to, work } = found.plan;
    const link = linkOf(delivery);
    return plannedBody({
      stage,
      language,
      revision: delivery.revision,
      number: incidentNumber(found.plan.id),
      siteName: name,
      timeZone,
      phone,
      simulated,
      building: buildingOf(delivery.premises, index),
      premises: delivery.premises,
      from,
      to,
      work,
      ...(link === null ? {} : { link }),
    });
  };
}
