import { sql as raw } from 'kysely';
import type { DarkReport, Rating } from '../../../core/feedback/feedback.ts';
import type { OwnerStore } from '../../../core/ports/owner-store.ts';
import type { Dialect } from '../dialect.ts';
import { createPace } from '../pace.ts';
import type { Sql } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';
import type { DarkReportTable, OwnerRatingTable } from '../tables.ts';
import type { DeliverySteps } from './delivery-steps.ts';
import type { EventSteps } from './event-steps.ts';
import { noticeEvents } from './notice-events.ts';

export function createOwnerStore(
  sql: Sql,
  { db }: Dialect,
  deliveries: DeliverySteps,
  eventSteps: EventSteps,
): OwnerStore {
  return {
    startingWith(short, limit) {
      const query = db
        .selectFrom('person')
        .select(['site', 'id'])
        .where(raw<boolean>`substr(id, 1, 8) = ${short}`)
        .where('phone', 'is not', null)
        .orderBy('site')
        .orderBy('id');
      return rowsOf(sql, query.limit(limit));
    },

    async rate({ site, incident, person, at, rating, comment }) {
      const save = db
        .insertInto('owner_rating')
        .values({ site, incident, person, at, rating, comment })
        .onConflict((conflict) =>
          conflict.columns(['site', 'incident', 'person']).doUpdateSet({ at, rating, comment }),
        );
      await sql.run([step(save)]);
    },

    async ratingsOf(site, by, limit) {
      let query = db.selectFrom('owner_rating').selectAll().where('site', '=', site);
      query =
        'incident' in by ? query.where('incident', '=', by.incident) : query.where('person', '=', by.person);
      return (await rowsOf(sql, query.orderBy('at', 'desc').orderBy('person').limit(limit))).map(ratingOf);
    },

    async summaries(site, { before, limit }) {
      let query = db
        .selectFrom('owner_rating')
        .select([
          'incident',
          raw<number>`count(*)`.as('ratings'),
          raw<number>`sum(rating)`.as('sum'),
          raw<number>`count(comment)`.as('comments'),
          raw<number>`max(at)`.as('last_at'),
        ])
        .where('site', '=', site)
        .groupBy('incident');
      if (before !== undefined) query = query.having(raw<boolean>`max(at) < ${before}`);
      const rows = await rowsOf(sql, query.orderBy('last_at', 'desc').orderBy('incident').limit(limit));
      return rows.map(({ incident, ratings, sum, comments, last_at }) => ({
        incident,
        ratings: Number(ratings),
        average: Math.round((10 * Number(sum)) / Number(ratings)) / 10,
        comments: Number(comments),
        lastAt: Number(last_at),
      }));
    },

    async report({ handled: _none, ...report }, notices) {
      const pace = createPace();
      const insert = db
        .insertInto('dark_report')
        .values({ ...report, handled_at: null, handled_by: null, outcome: null });
      const owed = await deliveries(report.site, notices, pace);
      const events = await eventSteps(report.site, report.at, noticeEvents(notices), pace);
      await sql.run([step(insert), ...owed, ...events]);
    },

    async reportOf(site, id) {
      const query = db.selectFrom('dark_report').selectAll().where('site', '=', site).where('id', '=', id);
      const row = await firstOf(sql, query);
      return row === null ? null : reportOf(row);
    },

    async reports({ site, open, premises, before, limit }) {
      if (premises?.length === 0) return [];
      let query = db.selectFrom('dark_report').selectAll().where('site', '=', site);
      if (open !== undefined) query = query.where('handled_at', open ? 'is' : 'is not', null);
      if (premises !== undefined) query = query.where('premises', 'in', premises);
      if (before !== undefined) {
        const { at, id } = before;
        query = query.where((is) =>
          is.or([is('at', '<', at), is.and([is('at', '=', at), is('id', '<', id)])]),
        );
      }
      return (await rowsOf(sql, query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit))).map(
        reportOf,
      );
    },

    async handle(site, id, { at, by, outcome }) {
      const save = db
        .updateTable('dark_report')
        .set({ handled_at: at, handled_by: by, outcome })
        .where('site', '=', site)
        .where('id', '=', id)
        .where('handled_at', 'is', null);
      const [result] = await sql.run([step(save)]);
      return result.affected === 1;
    },
  };
}

function ratingOf({ rating, ...row }: OwnerRatingTable): Rating {
  // Only `rate` writes it, from a Rating.
  return { ...row, rating: rating as Rating['rating'] };
}

function reportOf({ handled_at, handled_by, outcome, ...row }: DarkReportTable): DarkReport {
  const handled =
    handled_at === null ? null : { at: handled_at, by: handled_by ?? '', outcome: outcome ?? '' };
  return { ...row, handled };
}
