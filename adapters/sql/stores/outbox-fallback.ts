import { sql as raw } from 'kysely';
import type { Outbox } from '../../../core/ports/outbox.ts';
import type { Dialect } from '../dialect.ts';
import { createIdSource } from '../ids.ts';
import type { Sql } from '../sql.ts';
import { rowsOf, step } from '../steps.ts';
import type { RecipientQuery } from './outbox-recipient.ts';
import { claimedOf } from './outbox-rows.ts';

/** The error word of a delivery that went on other channels instead. */
const DIVERTED = 'other_channel';

/** In the order of the select below. */
const COPIED = [
  'id',
  'site',
  'subject',
  'recipient',
  'stage',
  'revision',
  'channel',
  'audience',
  'premises_json',
  'owed_at',
  'state',
  'attempts',
  'next_attempt_at',
  'released',
] as const;

/** One message on another channel: always a row of its own, so that the key holds on each. */
export function createFallback(
  sql: Sql,
  { db }: Dialect,
  withRecipient: RecipientQuery,
): Pick<Outbox, 'divert' | 'alsoOn' | 'fallbacksDue' | 'fallBack'> {
  const newId = createIdSource();

  /**
   * Copies a delivery as owed on `channel`, if it is still as `unchanged` says. Where that key exists nothing happens, unless
   * it is there because it was passed over: then its turn has come.
   */
  function copy(id: string, channel: string, at: number, unchanged: ReturnType<typeof raw<boolean>>) {
    const row = db
      .selectFrom('delivery')
      .select([raw<string>`cast(${newId(at)} as text)`.as('id'), 'site', 'subject', 'recipient', 'stage'])
      .select(['revision', raw<string>`cast(${channel} as text)`.as('channel'), 'audience', 'premises_json'])
      .select(['owed_at', raw<string>`'owed'`.as('state'), raw<number>`0`.as('attempts')])
      .select([raw<number>`cast(${at} as bigint)`.as('next_attempt_at'), 'released'])
      .where('id', '=', id)
      .where(unchanged);
    return step(
      db
        .insertInto('delivery')
        .columns(COPIED)
        .expression(row)
        .onConflict((conflict) =>
          conflict
            .columns(['site', 'subject', 'recipient', 'stage', 'channel', 'revision'])
            // With a try counted it is not fresh any more, and not passed over a second time.
            .doUpdateSet({ state: 'owed', error: null, settled_at: null, next_attempt_at: at, attempts: 1 })
            .where('delivery.state', '=', 'superseded')
            .where('delivery.error', '=', DIVERTED),
        ),
    );
  }

  return {
    async divert(id, holder, channels, at) {
      const mine = raw<boolean>`state = 'claimed' and claimed_by = ${holder}`;
      const settle = db
        .updateTable('delivery')
        .set({ state: 'superseded', error: DIVERTED, settled_at: at, claimed_by: null, claim_token: null })
        .set({ claimed_at: null, body: null })
        .where('id', '=', id)
        .where(mine);
      const results = await sql.run([
        ...channels.map((channel) => copy(id, channel, at, mine)),
        step(settle),
      ]);
      return results.at(-1)?.affected === 1;
    },

    async alsoOn(id, holder, channels, at) {
      const mine = raw<boolean>`state = 'claimed' and claimed_by = ${holder}`;
      await sql.run(channels.map((channel) => copy(id, channel, at, mine)));
    },

    async fallbacksDue(now, limit) {
      const query = withRecipient(now)
        .where('fallback_at', '<=', now)
        .orderBy('fallback_at')
        .orderBy('delivery.id')
        .limit(limit);
      return (await rowsOf(sql, query)).map(claimedOf);
    },

    async fallBack(id, channel, at) {
      const due = raw<boolean>`fallback_at is not null`;
      const forget = db.updateTable('delivery').set({ fallback_at: null }).where('id', '=', id);
      await sql.run([...(channel === null ? [] : [copy(id, channel, at, due)]), step(forget)]);
    },
  };
}
