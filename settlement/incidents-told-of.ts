import type { EventRow } from '../core/ports/event-log.ts';
import type { IncidentStore } from '../core/ports/incident-store.ts';
import type { StoredSite } from '../core/ports/site-store.ts';
import { startOfDay } from '../core/units/calendar.ts';
import { dayOfDate } from '../core/units/civil.ts';
import { ledgerPages } from './ledger-pages.ts';

/** Facts about so many premises and owners are followed one by one; of more, the whole site is. */
const ONE_BY_ONE = 200;

/** The incidents whose money newly told facts may have moved. */
export async function incidentsToldOf(
  incidents: Pick<IncidentStore, 'interruptions'>,
  { site }: StoredSite,
  { type, body }: EventRow,
): Promise<readonly string[]> {
  if (type !== 'facts' || !isTold(body)) return [];
  const { id, timeZone } = site.site;
  const since = dayOfDate(body.from) === null ? 0 : startOfDay(body.from, timeZone);
  const named = body.subjects.flatMap((subject) => /^incident\/([^/]+)/.exec(subject)?.[1] ?? []);
  const premises = body.subjects.flatMap((subject) => /^premises\/(.+)$/.exec(subject)?.[1] ?? []);
  const wide =
    premises.length > ONE_BY_ONE || body.subjects.some((one) => one === 'site' || one.startsWith('owner/'));
  const asked = wide ? [undefined] : premises;
  const found = new Set(named);
  for (const one of asked) {
    const query = { site: id, from: since, ...(one === undefined ? {} : { premises: one }) };
    for await (const page of ledgerPages(incidents, query))
      for (const { causes } of page) for (const { incident } of causes) found.add(incident);
  }
  return [...found];
}

function isTold(body: unknown): body is { readonly subjects: readonly string[]; readonly from: string } {
  return (
    typeof body === 'object' &&
    body !== null &&
    'from' in body &&
    typeof body.from === 'string' &&
    'subjects' in body &&
    Array.isArray(body.subjects) &&
    body.subjects.every((one) => typeof one === 'string')
  );
}
