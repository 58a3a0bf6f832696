import type { Interruption } from '../core/interruptions/interruption.ts';
import type { IncidentStore, InterruptionQuery } from '../core/ports/incident-store.ts';
import type { Instant } from '../core/units/time.ts';

const PAGE = 1_000;

/** The ledger for a query, page by page. */
export async function* ledgerPages(
  incidents: Pick<IncidentStore, 'interruptions'>,
  query: Omit<InterruptionQuery, 'limit' | 'after'>,
): AsyncGenerator<readonly Interruption[]> {
  for (let after: { from: Instant; id: string } | undefined; ; ) {
    const page = await incidents.interruptions({
      ...query,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = { from: last.from, id: last.id };
  }
}
