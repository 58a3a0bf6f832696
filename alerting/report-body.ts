import { incidentNumber, type Language } from '../core/notices/facts.ts';
import { reportBody } from '../core/notices/report-text.ts';
import type { Delivery } from '../core/ports/outbox.ts';
import type { AlertingDeps } from './deps.ts';

/** What the desk reads when an owner says that it is dark. */
export function createReportBody({
  stores,
  sites,
}: Pick<AlertingDeps, 'stores' | 'sites'>): (
  delivery: Delivery,
  language: Language,
) => Promise<string | null> {
  return async (delivery, language) => {
    const stored = sites.get(delivery.site)?.site;
    const report = await stores.owners.reportOf(delivery.site, delivery.subject);
    if (stored === undefined || report === null) return null;
    const { name, timeZone, simulated } = stored.site;
    return reportBody({
      language,
      siteName: name,
      timeZone,
      simulated,
      revision: delivery.revision,
      number: incidentNumber(report.id),
      premises: report.premises,
      building: stored.premises.find(({ id }) => id === report.premises)?.building ?? null,
      at: report.at,
      incident: report.incident === null ? null : incidentNumber(report.incident),
      note: report.note,
    });
  };
}
