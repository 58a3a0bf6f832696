import type { EventRow } from '../core/ports/event-log.ts';
import type { IncidentStore } from '../core/ports/incident-store.ts';
import type { StoredSite } from '../core/ports/site-store.ts';
import { startOfDay } from '../core/units/calendar.ts';
import { dayOfDate } from '../core/units/civil.ts';
import type { Instant } from '../core/units/time.ts';

const PAGE = 1_000;
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
  for (const one of asked)
    for await (const incident of causesSince(incidents, id, since, one)) found.add(incident);
  return [...found];
}

async function* causesSince(
  incidents: Pick<IncidentStore, 'interruptions'>,
  site: string,
  from: Instant,
  premises: string | undefined,
): AsyncGenerator<string> {
  for (let after: { from: Instant; id: string } | undefined; ; ) {
    const page = await incidents.interruptions({
      site,
      from,
      limit: PAGE,
      ...(premises === undefined ? {} : { premises }),
      ...(after === undefined ? {} : { after }),
    });
    for (const { causes } of page) for (const { incident } of causes) yield incident;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = { from: last.from, id: last.id };
  }
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
