import { Type } from 'typebox';
import { IncidentParams, PageQuery, SiteParams } from '../../contracts/http/common.ts';
import {
  InterruptionList,
  InterruptionParams,
  InterruptionQueryString,
  LedgerLines,
} from '../../contracts/http/interruptions.ts';
import type { InterruptionQuery } from '../../core/ports/incident-store.ts';
import { type Context, instantOf, type Server } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { Refused } from '../errors.ts';
import { interruptionView, ledgerView } from '../views/interruptions.ts';

const PAGE = 200;

export function interruptionRoutes(app: Server, context: Context): void {
  const { incidents } = context.stores;

  async function page(
    query: Omit<InterruptionQuery, 'limit' | 'after'>,
    paging: Paging,
  ): Promise<InterruptionList> {
    const limit = paging.limit ?? PAGE;
    const found = await incidents.interruptions({
      ...query,
      ...(paging.cursor === undefined ? {} : { after: afterOf(paging.cursor) }),
      limit: limit + 1,
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const next = last !== undefined && found.length > limit ? encodeCursor([last.from, last.id]) : null;
    return { items: items.map(interruptionView), next };
  }

  app.get(
    '/sites/:site/interruptions',
    {
      config: { errors: ['invalid_cursor', 'invalid_range'] },
      schema: {
        tags: ['interruptions'],
        summary: 'The ledger of a site, oldest first',
        params: SiteParams,
        querystring: InterruptionQueryString,
        response: { 200: InterruptionList },
      },
    },
    async ({ params, query }) => {
      const from = query.from === undefined ? undefined : instantOf(query.from, '/querystring/from');
      const to = query.to === undefined ? undefined : instantOf(query.to, '/querystring/to');
      if (from !== undefined && to !== undefined && from >= to) throw new Refused('invalid_range');
      return page(
        {
          site: params.site,
          ...(query.premises === undefined ? {} : { premises: query.premises }),
          ...(query.open === undefined ? {} : { open: query.open }),
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
        },
        query,
      );
    },
  );

  app.get(
    '/sites/:site/incidents/:incident/interruptions',
    {
      config: { errors: ['unknown_incident', 'invalid_cursor'] },
      schema: {
        tags: ['interruptions'],
        summary: 'The ledger entries an incident caused',
        params: IncidentParams,
        querystring: Type.Object(PageQuery),
        response: { 200: InterruptionList },
      },
    },
    async ({ params, query }) => {
      if ((await incidents.get(params.site, params.incident)) === null) throw new Refused('unknown_incident');
      return page({ site: params.site, incident: params.incident }, query);
    },
  );

  app.get(
    '/sites/:site/interruptions/:interruption/ledger',
    {
      config: { errors: ['unknown_interruption'] },
      schema: {
        tags: ['interruptions'],
        summary: 'Every line of one ledger entry, in order',
        params: InterruptionParams,
        response: { 200: LedgerLines },
      },
    },
    async ({ params }) => {
      const lines = await incidents.ledger(params.site, params.interruption);
      if (lines.length === 0) throw new Refused('unknown_interruption');
      return { items: lines.map(ledgerView), next: null };
    },
  );
}

interface Paging {
  readonly cursor?: string;
  readonly limit?: number;
}

function afterOf(cursor: string): { from: number; id: string } {
  const [from, id] = decodeCursor(cursor, ['number', 'string']);
  return { from, id };
}
