import { sql as raw } from 'kysely';
import type { MessageStage } from '../../../core/notices/notice.ts';
import type { Outbox } from '../../../core/ports/outbox.ts';
import type { Dialect } from '../dialect.ts';
import type { Sql } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';
import { deliveryOf } from './outbox-rows.ts';

const GROUPS = 200;

/** The error word of a delivery that a person decided not to send. */
const DROPPED = 'dropped_by_person';
/** And of one that a person decided to try on another channel. */
const PASSED_ON = 'passed_on_by_person';

/** What a person sees of the outbox and decides about it. */
export function createDecisions(
  sql: Sql,
  { db }: Dialect,
): Pick<Outbox, 'spent' | 'held' | 'decideHeld' | 'decideUnknown' | 'unreached'> {
  return {
    async spent(site, since, subject) {
      let query = db
        .selectFrom('delivery')
        .select(raw<number>`coalesce(sum(coalesce(segments, 1)), 0)`.as('segments'))
        .where('site', '=', site)
        .where('audience', '=', 'owner')
        .where('sent_at', '>', since);
      if (subject !== undefined) query = query.where('subject', '=', subject);
      return Number((await firstOf(sql, query))?.segments ?? 0);
    },

    async held(site) {
      const query = db
        .selectFrom('delivery')
        .select(['subject', 'stage', 'channel', raw<string>`coalesce(error, '')`.as('reason')])
        .select((count) => count.fn.countAll<number>().as('count'))
        .select(raw<number>`sum(coalesce(segments, 1))`.as('segments'))
        .select(raw<number>`min(owed_at)`.as('since'))
        .where('site', '=', site)
        .where('state', '=', 'blocked')
        .groupBy(['subject', 'stage', 'channel', 'error'])
        .orderBy('count', 'desc')
        .limit(GROUPS);
      return (await rowsOf(sql, query)).map((row) => ({
        ...row,
        stage: row.stage as MessageStage,
        count: Number(row.count),
        segments: Number(row.segments),
        since: Number(row.since),
      }));
    },

    async decideHeld(site, { subject, stage, channel, reason }, decision, at) {
      const change =
        decision === 'release'
          ? { state: 'owed', released: 1, next_attempt_at: at, error: null, settled_at: null }
          : { state: 'failed', error: DROPPED, settled_at: at };
      const query = db
        .updateTable('delivery')
        .set(change)
        .where('site', '=', site)
        .where('subject', '=', subject)
        .where('stage', '=', stage)
        .where('channel', '=', channel)
        .where('state', '=', 'blocked')
        .where('error', '=', reason);
      const [result] = await sql.run([step(query)]);
      return result.affected;
    },

    async decideUnknown(site, id, decision, at) {
      const change =
        decision === 'sent'
          ? { state: 'sent', error: null, sent_at: raw<number>`coalesce(sent_at, ${at})` }
          : { state: 'failed', error: decision === 'drop' ? DROPPED : PASSED_ON, settled_at: at };
      const query = db
        .updateTable('delivery')
        .set({ ...change, body: null, fallback_at: decision === 'next_channel' ? at : null })
        .where('site', '=', site)
        .where('id', '=', id)
        .where('state', '=', 'unknown');
      const [result] = await sql.run([step(query)]);
      return result.affected === 1;
    },

    async unreached({ site, subject, limit, before }) {
      let query = db
        .selectFrom('delivery')
        .selectAll()
        .where('site', '=', site)
        .where('subject', '=', subject)
        .where('state', 'in', ['failed', 'undelivered', 'unknown', 'blocked'])
        .where('fallback_at', 'is', null)
        .where(
          raw<boolean>`not exists (select 1 from delivery as other
            where other.site = delivery.site and other.subject = delivery.subject
              and other.recipient = delivery.recipient and other.stage = delivery.stage
              and other.revision >= delivery.revision
              and other.state in ('owed', 'claimed', 'sent', 'delivered'))`,
        );
      if (before !== undefined) query = query.where('id', '<', before);
      return (await rowsOf(sql, query.orderBy('id', 'desc').limit(limit))).map(deliveryOf);
    },
  };
}
