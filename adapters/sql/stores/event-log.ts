import type { EventLog, EventRow, EventType } from '../../../core/ports/event-log.ts';
import type { Dialect } from '../dialect.ts';
import { createPace } from '../pace.ts';
import type { Sql } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';
import type { EventTable } from '../tables.ts';
import type { EventSteps } from './event-steps.ts';

export function createEventLog(sql: Sql, { db }: Dialect, eventSteps: EventSteps): EventLog {
  return {
    async read(site, after, limit) {
      const query = db.selectFrom('event').selectAll().where('site', '=', site).where('seq', '>', after);
      return (await rowsOf(sql, query.orderBy('seq').limit(limit))).map(eventRow);
    },
    async head(site) {
      return (
        (await firstOf(sql, db.selectFrom('event_counter').select('seq').where('site', '=', site)))?.seq ?? 0
      );
    },
    async cursor(consumer, site) {
      const query = db.selectFrom('event_cursor').select('seq').where('consumer', '=', consumer);
      return (await firstOf(sql, query.where('site', '=', site)))?.seq ?? 0;
    },
    async advance(consumer, site, seq) {
      const save = db
        .insertInto('event_cursor')
        .values({ consumer, site, seq })
        .onConflict((conflict) =>
          conflict
            .columns(['consumer', 'site'])
            .doUpdateSet((excluded) => ({ seq: excluded.ref('excluded.seq') }))
            .whereRef('event_cursor.seq', '<', 'excluded.seq'),
        );
      await sql.run([step(save)]);
    },
    async append(site, at, type, body) {
      const count = db.selectFrom('event_counter').select('seq').where('site', '=', site);
      const added = await eventSteps(site, at, [{ type, body: () => body }], createPace());
      const results = await sql.run([...added, step(count)]);
      const rows = results.at(-1)?.rows as readonly { readonly seq: number }[] | undefined;
      return rows?.[0]?.seq ?? 0;
    },
  };
}

function eventRow(row: EventTable): EventRow {
  // Only `append` and the stores write `type`, and they take nothing but an EventType.
  return {
    site: row.site,
    seq: row.seq,
    at: row.at,
    type: row.type as EventType,
    body: JSON.parse(row.body_json),
  };
}
