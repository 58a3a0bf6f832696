import { createHash, randomUUID } from 'node:crypto';
import { sql as raw } from 'kysely';
import type { ClaimedDelivery, Outbox } from '../../../core/ports/outbox.ts';
import type { Dialect } from '../dialect.ts';
import { randomId, randomSalt } from '../ids.ts';
import { createPace } from '../pace.ts';
import type { Sql } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';
import type { DeliveryTable } from '../tables.ts';
import { createTemplate } from '../template.ts';
import { type DeliverySteps, newerExists } from './delivery-steps.ts';
import type { EventSteps } from './event-steps.ts';
import { noticeEvents } from './notice-events.ts';
import { createDecisions } from './outbox-decisions.ts';
import { createFallback } from './outbox-fallback.ts';
import { createRecipientQuery } from './outbox-recipient.ts';
import { claimedOf, deliveryOf, recipientOf } from './outbox-rows.ts';
import { createSaves } from './outbox-save.ts';
import { createReceiptSteps } from './receipt-steps.ts';

export function createOutbox(
  sql: Sql,
  dialect: Dialect,
  deliveries: DeliverySteps,
  eventSteps: EventSteps,
): Outbox {
  const { db, rowLocks } = dialect;
  const receipts = createReceiptSteps(dialect);
  const withRecipient = createRecipientQuery(dialect);
  const fallback = createFallback(sql, dialect, withRecipient);
  const decisions = createDecisions(sql, dialect);
  const saves = createSaves(dialect);
  const saltOf = createTemplate((value: (name: 'id') => never) =>
    db
      .selectFrom('delivery')
      .innerJoin('person', (join) =>
        join.onRef('person.site', '=', 'delivery.site').onRef('person.id', '=', 'delivery.recipient'),
      )
      .select('person.salt')
      .where('delivery.id', '=', value('id')),
  );
  const beginSending = createTemplate(
    (value: (name: 'body' | 'body_hash' | 'at' | 'id' | 'holder') => never) =>
      db
        .updateTable('delivery')
        .set({ body: value('body'), body_hash: value('body_hash'), claimed_at: value('at') })
        .set({ attempts: raw<number>`attempts + 1` })
        .where('id', '=', value('id'))
        .where('state', '=', 'claimed')
        .where('claimed_by', '=', value('holder')),
  );

  /** Deliveries in state `state` matching `due` become `holder`'s; read back by a token of this very call. */
  async function take(
    holder: string,
    now: number,
    limit: number,
    which: 'due' | { readonly claimedBefore: number },
  ): Promise<readonly (ClaimedDelivery & { readonly body: string | null })[]> {
    const token = randomUUID();
    let candidates = db.selectFrom('delivery').select('id');
    if (which === 'due') {
      candidates = candidates.where('state', '=', 'owed').where('next_attempt_at', '<=', now);
      candidates = candidates.orderBy('next_attempt_at').orderBy('id');
    } else {
      candidates = candidates.where('state', '=', 'claimed').where('claimed_at', '<', which.claimedBefore);
      candidates = candidates.orderBy('claimed_at').orderBy('id');
    }
    candidates = candidates.limit(limit);
    const claim = db
      .with('candidate', () => (rowLocks ? candidates.forUpdate().skipLocked() : candidates))
      .updateTable('delivery')
      .set({ state: 'claimed', claimed_by: holder, claim_token: token, claimed_at: now })
      .where('id', 'in', (from) => from.selectFrom('candidate').select('id'));
    const read = withRecipient(now)
      .where('claim_token', '=', token)
      .orderBy('delivery.next_attempt_at')
      .orderBy('delivery.id');
    const retire = db
      .updateTable('delivery')
      .set({ state: 'superseded' })
      .where('state', '=', 'owed')
      .where('next_attempt_at', '<=', now)
      .where(newerExists);
    const [, , claimed] = await sql.run([step(retire), step(claim), step(read)]);
    return claimed.rows.map((row) => ({ ...claimedOf(row), body: row.body }));
  }

  return {
    async claim(holder, now, limit) {
      const claimed = await take(holder, now, limit, 'due');
      return claimed.map(({ body: _, ...rest }) => rest);
    },

    ...fallback,
    ...decisions,

    abandoned: (holder, now, before, limit) => take(holder, now, limit, { claimedBefore: before }),

    async sending(id, holder, body, at) {
      const [{ rows }] = await sql.run([saltOf({ id })]);
      const [person] = rows;
      if (person === undefined) return false;
      const body_hash = createHash('sha256').update(person.salt).update(body).digest('hex');
      const [result] = await sql.run([beginSending({ body, body_hash, at, id, holder })]);
      return result.affected === 1;
    },

    async record(id, { state, at, providerId, segments, error, nextAttemptAt, fallbackAt }) {
      const settled = state !== 'owed' && state !== 'sent';
      const change: Partial<DeliveryTable> = {
        state,
        claimed_by: null,
        claim_token: null,
        claimed_at: null,
        error: error ?? null,
        fallback_at: fallbackAt ?? null,
        ...(state === 'sent' || state === 'delivered' ? { sent_at: at } : {}),
        ...(settled ? { settled_at: at } : {}),
        ...(providerId === undefined ? {} : { provider_id: providerId }),
        ...(segments === undefined ? {} : { segments }),
        ...(nextAttemptAt === undefined ? {} : { next_attempt_at: nextAttemptAt }),
        // What was said is proven by the hash; the text stays only where a person must still decide.
        ...(state === 'unknown' ? {} : { body: null }),
      };
      const save = saves(change)({ ...change, delivery: id });
      if (providerId === undefined) {
        await sql.run([save]);
        return;
      }
      const { before, after } = receipts.around(id, providerId, at);
      await sql.run([before, save, ...after]);
    },

    async receipt(channel, providerId, state, at, error) {
      const results = await sql.run(receipts.arrive(channel, providerId, state, at, error ?? null));
      return (results[1]?.affected ?? 0) > 0;
    },

    async optOut(site, phone, optedOut, evidence, at) {
      const person = db.selectFrom('person').select('id').where('site', '=', site).where('phone', '=', phone);
      const opted_out = optedOut ? 1 : 0;
      const upsert = db
        .insertInto('person')
        .values({ site, id: randomId(), phone, name: '', language: 'zh-CN', salt: randomSalt(), opted_out })
        .onConflict((conflict) => conflict.columns(['site', 'phone']).doUpdateSet({ opted_out }));
      const proof = db
        .insertInto('opt_out')
        .values({ site, person: raw<string>`(${person})`, at, opted_out, evidence });
      await sql.run([step(upsert), step(proof)]);
    },

    async list({ site, subject, states, before, limit }) {
      if (states?.length === 0) return [];
      let query = db.selectFrom('delivery').selectAll().where('site', '=', site);
      if (subject !== undefined) query = query.where('subject', '=', subject);
      if (states !== undefined) query = query.where('state', 'in', states);
      if (before !== undefined) query = query.where('id', '<', before);
      return (await rowsOf(sql, query.orderBy('id', 'desc').limit(limit))).map(deliveryOf);
    },

    async recipients(site, ids) {
      if (ids.length === 0) return [];
      const query = db
        .selectFrom('person')
        .select(['id', 'name', 'phone', 'language', 'opted_out'])
        .where('site', '=', site)
        .where('id', 'in', ids.slice(0, 1_000));
      return (await rowsOf(sql, query.orderBy('id'))).map(recipientOf);
    },

    async owe(site, notices, at) {
      if (notices.length === 0) return;
      const pace = createPace();
      const owed = await deliveries(site, notices, pace);
      await sql.run([...owed, ...(await eventSteps(site, at, noticeEvents(notices), pace))]);
    },

    async toOwners(site, subject) {
      const query = db
        .selectFrom('delivery')
        .innerJoin('person', (join) =>
          join.onRef('person.site', '=', 'delivery.site').onRef('person.id', '=', 'delivery.recipient'),
        )
        .selectAll('delivery')
        .select('person.phone')
        .where('delivery.site', '=', site)
        .where('delivery.subject', '=', subject)
        .where('delivery.audience', '=', 'owner')
        .orderBy('delivery.id');
      return (await rowsOf(sql, query)).flatMap((row) => {
        if (row.phone === null) return [];
        const { stage, revision, premises, owedAt, state, sentAt, settledAt } = deliveryOf(row);
        return [{ recipient: row.phone, stage, revision, premises, owedAt, state, sentAt, settledAt }];
      });
    },

    async wasTold({ site, subject, recipient }, stages) {
      const query = db
        .selectFrom('delivery')
        .select('id')
        .where('site', '=', site)
        .where('subject', '=', subject)
        .where('recipient', '=', recipient)
        .where('stage', 'in', stages)
        .where('state', 'in', ['claimed', 'sent', 'delivered', 'unknown'])
        .limit(1);
      return (await firstOf(sql, query)) !== null;
    },

    async progress(site, subject, at, audience) {
      const all = db
        .selectFrom('delivery')
        .select(['state', (count) => count.fn.countAll<number>().as('count')])
        .where('site', '=', site)
        .where('subject', '=', subject)
        .where('owed_at', '<=', at)
        .groupBy('state');
      const query = audience === undefined ? all : all.where('audience', '=', audience);
      return Object.fromEntries((await rowsOf(sql, query)).map(({ state, count }) => [state, count]));
    },
  };
}
