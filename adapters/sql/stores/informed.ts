import { sql as raw } from 'kysely';
import type { DispatchStore } from '../../../core/ports/dispatch-store.ts';
import type { Dialect } from '../dialect.ts';
import type { Sql } from '../sql.ts';
import { step } from '../steps.ts';

/** The error word of a delivery that waits for the morning. */
const HELD = 'quiet_hours';

/** How far the first messages to owners and the estimates of an incident have got, in one look. */
export function createInformed(sql: Sql, { db }: Dialect): DispatchStore['informed'] {
  return async (site, incident) => {
    const messages = db
      .selectFrom('delivery')
      .select([
        raw<number>`coalesce(sum(case when state in ('owed', 'claimed', 'unknown', 'blocked')
          and coalesce(error, '') <> ${raw.lit(HELD)} then 1 else 0 end), 0)`.as('pending'),
        raw<number>`coalesce(sum(case when state in ('owed', 'claimed')
          and error = ${raw.lit(HELD)} then 1 else 0 end), 0)`.as('held'),
        raw<number>`coalesce(sum(case when state in ('sent', 'delivered') then 1 else 0 end), 0)`.as('told'),
        raw<number | null>`max(sent_at)`.as('last_told_at'),
      ])
      .where('site', '=', site)
      .where('subject', '=', incident)
      .where('audience', '=', 'owner')
      .where('stage', '=', 'lost');
    const estimates = db
      .selectFrom('estimate')
      .select(raw<number | null>`min(at)`.as('first_at'))
      .where('site', '=', site)
      .where('incident', '=', incident);
    const [told, estimated] = await sql.run([step(messages), step(estimates)]);
    const row = told.rows[0];
    return {
      pending: Number(row?.pending ?? 0),
      held: Number(row?.held ?? 0),
      told: Number(row?.told ?? 0),
      lastToldAt: row?.last_told_at ?? null,
      firstEstimateAt: estimated.rows[0]?.first_at ?? null,
    };
  };
}
