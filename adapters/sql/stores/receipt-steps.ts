import { sql as raw } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Step } from '../sql.ts';
import { step } from '../steps.ts';
import { createTemplate } from '../template.ts';

type ReceiptState = 'sent' | 'delivered' | 'failed' | 'undelivered';

/** The first of these stands, whatever arrives later. */
export const FINAL_STATES = ['delivered', 'failed', 'undelivered', 'superseded'] as const;

/** A receipt waits this long for the record of its own sending. */
const EARLY_KEPT_MS = 24 * 3_600_000;

/** What `record` writes into the place of a receipt, so that a receipt at the same moment waits for it. */
const RECORDING = 'recording';

/**
 * A receipt may overtake the record of the sending it belongs to. Both sides first insert the same key into
 * `early_receipt`, so one waits for the other's commit and then sees it: neither is lost.
 */
export function createReceiptSteps({ db }: Dialect) {
  const known = (channel: string, providerId: string) =>
    db
      .selectFrom('delivery')
      .select('id')
      .where('channel', '=', channel)
      .where('provider_id', '=', providerId);

  /** The second result tells whether a delivery with that id is known, the third whether it moved. */
  function arrive(
    channel: string,
    provider_id: string,
    state: ReceiptState,
    at: number,
    error: string | null,
  ): readonly Step[] {
    const settled =
      state === 'sent'
        ? {}
        : {
            settled_at: at,
            error,
            body: null,
            claimed_by: null,
            claim_token: null,
            fallback_at: state === 'delivered' ? null : at,
          };
    const keep = db
      .insertInto('early_receipt')
      .values({ channel, provider_id, state, at, error })
      .onConflict((conflict) =>
        conflict
          .columns(['channel', 'provider_id'])
          .doUpdateSet({ state, at, error })
          .where('early_receipt.state', '=', 'sent'),
      );
    const apply = db
      .updateTable('delivery')
      .set({ state, ...settled })
      .where('provider_id', '=', provider_id)
      .where('channel', '=', channel)
      .where('state', 'not in', state === 'sent' ? [...FINAL_STATES, 'sent'] : FINAL_STATES);
    const done = db
      .deleteFrom('early_receipt')
      .where('channel', '=', channel)
      .where('provider_id', '=', provider_id)
      .where((is) => is.exists(known(channel, provider_id)));
    const old = db.deleteFrom('early_receipt').where('at', '<', at - EARLY_KEPT_MS);
    return [step(keep), step(known(channel, provider_id)), step(apply), step(done), step(old)];
  }

  type Value = (name: 'id' | 'provider_id' | 'at') => never;
  const channelOf = (value: Value) =>
    raw<string>`coalesce((select channel from delivery where id = ${value('id')}), '')`;
  const early = (value: Value, name: 'state' | 'at' | 'error') => raw`(
      select ${raw.ref(`early.${name}`)} from early_receipt as early
      where early.channel = delivery.channel and early.provider_id = ${value('provider_id')})`;
  const mark = createTemplate((value: Value) =>
    db
      .insertInto('early_receipt')
      .values({
        channel: channelOf(value),
        provider_id: value('provider_id'),
        state: RECORDING,
        at: value('at'),
        error: null,
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const apply = createTemplate((value: Value) =>
    db
      .updateTable('delivery')
      .set({
        state: raw<string>`${early(value, 'state')}`,
        settled_at: raw<number>`${early(value, 'at')}`,
        error: raw<string | null>`${early(value, 'error')}`,
        body: null,
        fallback_at: raw<
          number | null
        >`case when ${early(value, 'state')} = 'delivered' then null else ${early(value, 'at')} end`,
      })
      .where('id', '=', value('id'))
      .where('state', 'not in', FINAL_STATES)
      .where(raw<boolean>`${early(value, 'state')} in ('delivered', 'failed', 'undelivered')`),
  );
  const forget = createTemplate((value: Value) =>
    db
      .deleteFrom('early_receipt')
      .where('channel', '=', channelOf(value))
      .where('provider_id', '=', value('provider_id')),
  );

  /** `record` puts its own steps between the two. */
  function around(
    id: string,
    provider_id: string,
    at: number,
  ): { readonly before: Step; readonly after: readonly Step[] } {
    const values = { id, provider_id, at };
    return { before: mark(values), after: [apply(values), forget(values)] };
  }

  return { arrive, around };
}
