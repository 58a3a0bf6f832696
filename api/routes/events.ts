import { Type } from 'typebox';
import { PageQuery, SiteParams } from '../../contracts/http/common.ts';
import { AuditList, EventList, EventQuery } from '../../contracts/http/events.ts';
import { toIso } from '../../core/units/time.ts';
import type { Context, Server } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { eventView } from '../views/events.ts';

const PAGE = 100;

export function eventRoutes(app: Server, context: Context): void {
  const { events, audit } = context.stores;

  app.get(
    '/sites/:site/events',
    {
      schema: {
        tags: ['events'],
        summary: 'Committed changes after a seq, in commit order; `next` is the `after` of the next page',
        params: SiteParams,
        querystring: EventQuery,
        response: { 200: EventList },
      },
    },
    async ({ params, query }) => {
      const limit = query.limit ?? PAGE;
      const rows = await events.read(params.site, query.after ?? 0, limit);
      const head = await events.head(params.site);
      const last = rows.at(-1);
      const next = last !== undefined && last.seq < head ? String(last.seq) : null;
      return { items: rows.map(eventView), next, head };
    },
  );

  async function auditPage(site: string, query: { cursor?: string; limit?: number }): Promise<AuditList> {
    const limit = query.limit ?? PAGE;
    const [before] = query.cursor === undefined ? [undefined] : decodeCursor(query.cursor, ['number']);
    const found = await audit.list(site, { limit: limit + 1, ...(before === undefined ? {} : { before }) });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      items: page.map(({ seq, at, by, action, subject, detail, hash }) => ({
        seq,
        at: toIso(at),
        by,
        action,
        subject,
        detail,
        hash,
      })),
      next: last !== undefined && found.length > limit ? encodeCursor([last.seq]) : null,
    };
  }

  app.get(
    '/sites/:site/audit',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['audit'],
        summary: 'Who did what at a site, newest first',
        params: SiteParams,
        querystring: Type.Object(PageQuery),
        response: { 200: AuditList },
      },
    },
    async ({ params, query }) => auditPage(params.site, query),
  );

  app.get(
    '/audit',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['audit'],
        summary: 'Who did what beyond any one site, newest first',
        querystring: Type.Object(PageQuery),
        response: { 200: AuditList },
      },
    },
    async ({ query }) => auditPage('', query),
  );
}
