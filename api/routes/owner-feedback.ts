import { Type } from 'typebox';
import { IncidentParams, PageQuery, SiteParams } from '../../contracts/http/common.ts';
import {
  FeedbackSummaryList,
  FeedbackView,
  HandleBody,
  ReportList,
  ReportParams,
  ReportQueryString,
  ReportView,
} from '../../contracts/http/owner.ts';
import type { DarkReport } from '../../core/feedback/feedback.ts';
import { toIso } from '../../core/units/time.ts';
import { type Context, record, type Server, userOf } from '../context.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { Refused } from '../errors.ts';

const PAGE = 50;
const RATINGS_MAX = 5_000;

/** What owners said, for those who answer for it. */
export function ownerFeedbackRoutes(app: Server, context: Context): void {
  const { stores, clock } = context;

  app.get(
    '/sites/:site/feedback',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['feedback'],
        summary: 'Incidents that owners rated, the newest word first',
        params: SiteParams,
        querystring: Type.Object(PageQuery),
        response: { 200: FeedbackSummaryList },
      },
    },
    async ({ params: { site }, query }) => {
      const limit = query.limit ?? PAGE;
      const before = query.cursor === undefined ? undefined : decodeCursor(query.cursor, ['number'])[0];
      const found = await stores.owners.summaries(site, {
        ...(before === undefined ? {} : { before }),
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const next = last !== undefined && found.length > limit ? encodeCursor([last.lastAt]) : null;
      return { items: page.map((one) => ({ ...one, lastAt: toIso(one.lastAt) })), next };
    },
  );

  app.get(
    '/sites/:site/incidents/:incident/feedback',
    {
      config: { errors: ['unknown_incident'] },
      schema: {
        tags: ['feedback'],
        summary: 'What owners said of one incident, with the average',
        params: IncidentParams,
        response: { 200: FeedbackView },
      },
    },
    async ({ params: { site, incident } }) => {
      if ((await stores.incidents.get(site, incident)) === null) throw new Refused('unknown_incident');
      const ratings = await stores.owners.ratingsOf(site, { incident }, RATINGS_MAX);
      const sum = ratings.reduce((total, one) => total + one.rating, 0);
      return {
        ratings: ratings.length,
        average: ratings.length === 0 ? null : Math.round((10 * sum) / ratings.length) / 10,
        counts: [1, 2, 3, 4, 5].map((rating) => ({
          rating,
          count: ratings.filter((one) => one.rating === rating).length,
        })),
        items: ratings.map(({ person, rating, comment, at }) => ({ person, rating, comment, at: toIso(at) })),
      };
    },
  );

  app.get(
    '/sites/:site/reports',
    {
      config: { errors: ['invalid_cursor'] },
      schema: {
        tags: ['feedback'],
        summary: 'Owners who say that it is dark, newest first',
        params: SiteParams,
        querystring: ReportQueryString,
        response: { 200: ReportList },
      },
    },
    async ({ params: { site }, query }) => {
      const limit = query.limit ?? PAGE;
      const found = await stores.owners.reports({
        site,
        ...(query.open === undefined ? {} : { open: query.open }),
        ...(query.cursor === undefined ? {} : { before: beforeOf(query.cursor) }),
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const next = last !== undefined && found.length > limit ? encodeCursor([last.at, last.id]) : null;
      return { items: page.map(reportView), next };
    },
  );

  app.post(
    '/sites/:site/reports/:report/handle',
    {
      config: { errors: ['unknown_report', 'report_handled'] },
      schema: {
        tags: ['feedback'],
        summary: 'What came of a report; it opens and closes no incident',
        params: ReportParams,
        body: HandleBody,
        response: { 200: ReportView },
      },
    },
    async (request) => {
      const { site, report } = request.params;
      const handled = { at: clock.now(), by: userOf(request).id, outcome: request.body.outcome };
      const done = await stores.owners.handle(site, report, handled);
      const after = await stores.owners.reportOf(site, report);
      if (after === null) throw new Refused('unknown_report');
      if (!done) throw new Refused('report_handled');
      await record(context, request, { site, action: 'report.handle', subject: report });
      return reportView(after);
    },
  );
}

function beforeOf(cursor: string): { at: number; id: string } {
  const [at, id] = decodeCursor(cursor, ['number', 'string']);
  return { at, id };
}

function reportView({ id, incident, premises, person, at, note, handled }: DarkReport): ReportView {
  return {
    id,
    incident,
    premises,
    person,
    at: toIso(at),
    note,
    handled: handled === null ? null : { ...handled, at: toIso(handled.at) },
  };
}
