import { sql as raw } from 'kysely';
import type { InboundMessage, InboundStore } from '../../../core/ports/inbound-store.ts';
import type { Dialect } from '../dialect.ts';
import { createIdSource } from '../ids.ts';
import type { Sql } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';

/** Messages of a site, at most; the oldest that were handled go first, then nothing new is taken. */
const KEPT = 20_000;
const BODY_CHARACTERS = 2_000;
const SITES = 100;

export function createInboundStore(sql: Sql, { db }: Dialect): InboundStore {
  const newId = createIdSource();

  function messages(site: string) {
    return db
      .selectFrom('inbound_message as message')
      .leftJoin('person', (join) =>
        join.onRef('person.site', '=', 'message.site').onRef('person.id', '=', 'message.person'),
      )
      .select(['message.id', 'message.site', 'message.person', 'message.at', 'message.body', 'message.state'])
      .select(['message.handled_at', 'message.handled_by', 'person.name'])
      .select(raw<string | null>`coalesce(person.phone, message.phone)`.as('phone'))
      .where('message.site', '=', site);
  }

  return {
    async add({ providerId, phone, body, at }) {
      const home = db
        .selectFrom('person')
        .select(['person.site', 'person.id'])
        .where('person.phone', '=', phone)
        .orderBy(
          raw`coalesce((select max(sent_at) from delivery
            where delivery.site = person.site and delivery.recipient = person.id), 0)`,
          'desc',
        )
        .orderBy('person.site')
        .limit(1);
      const known = await firstOf(sql, home);
      const site = known?.site ?? '';
      const spare = db
        .deleteFrom('inbound_message')
        .where('site', '=', site)
        .where('state', '!=', 'new')
        .where('id', '<', (from) =>
          from
            .selectFrom('inbound_message')
            .select('id')
            .where('site', '=', site)
            .orderBy('id', 'desc')
            .offset(KEPT - 1)
            .limit(1),
        );
      const full = await firstOf(
        sql,
        db
          .selectFrom('inbound_message')
          .select((count) => count.fn.countAll<number>().as('count'))
          .where('site', '=', site),
      );
      if (Number(full?.count ?? 0) >= 2 * KEPT) return false;
      const insert = db
        .insertInto('inbound_message')
        .values({
          id: newId(at),
          site,
          provider_id: providerId,
          person: known?.id ?? null,
          phone: known === null ? phone : null,
          at,
          body: [...body].slice(0, BODY_CHARACTERS).join(''),
          state: 'new',
        })
        .onConflict((conflict) => conflict.doNothing());
      const [, added] = await sql.run([step(spare), step(insert)]);
      return added.affected === 1;
    },

    async list({ site, state, limit, before }) {
      let query = messages(site);
      if (state !== undefined) query = query.where('message.state', '=', state);
      if (before !== undefined) query = query.where('message.id', '<', before);
      return (await rowsOf(sql, query.orderBy('message.id', 'desc').limit(limit))).map(messageOf);
    },

    async get(site, id) {
      const row = await firstOf(sql, messages(site).where('message.id', '=', id));
      return row === null ? null : messageOf(row);
    },

    async handle(site, id, state, by, at) {
      const query = db
        .updateTable('inbound_message')
        .set({ state, handled_at: at, handled_by: by })
        .where('site', '=', site)
        .where('id', '=', id)
        .where('state', '=', 'new');
      const [result] = await sql.run([step(query)]);
      return result.affected === 1;
    },

    async sitesOf(phone) {
      const query = db
        .selectFrom('person')
        .select(['site', 'opted_out'])
        .where('phone', '=', phone)
        .orderBy('site')
        .limit(SITES);
      return (await rowsOf(sql, query)).map(({ site, opted_out }) => ({ site, optedOut: opted_out === 1 }));
    },
  };
}

type Row = Omit<InboundMessage, 'state' | 'handledAt' | 'handledBy'> & {
  readonly state: string;
  readonly handled_at: number | null;
  readonly handled_by: string | null;
};

function messageOf({ state, handled_at, handled_by, ...row }: Row): InboundMessage {
  // Only this adapter writes it, from the port's own words.
  return { ...row, state: state as InboundMessage['state'], handledAt: handled_at, handledBy: handled_by };
}
