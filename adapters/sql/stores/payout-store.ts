import { sql as raw } from 'kysely';
import type { Payout, PayoutBatch, PayoutState } from '../../../core/payouts/payout.ts';
import type { PayoutStore } from '../../../core/ports/money-store.ts';
import type { Dialect } from '../dialect.ts';
import type { Sql, Step } from '../sql.ts';
import { chunksOf, firstOf, rowsOf, step } from '../steps.ts';

const AT_ONCE = 200;
/** The step that fails when a payout is not as it was read. */
export const PAYOUT_AS_READ = 'payout';

export function createPayoutStore(sql: Sql, { db }: Dialect): PayoutStore {
  return {
    async batches(site, { before, limit }) {
      let query = db.selectFrom('payout_batch').select('body_json').where('site', '=', site);
      if (before !== undefined) {
        const { at, id } = before;
        query = query.where((is) =>
          is.or([is('prepared_at', '<', at), is.and([is('prepared_at', '=', at), is('id', '<', id)])]),
        );
      }
      const rows = await rowsOf(sql, query.orderBy('prepared_at', 'desc').orderBy('id', 'desc').limit(limit));
      return rows.map(({ body_json }) => JSON.parse(body_json) as PayoutBatch);
    },

    async batch(site, id) {
      const query = db
        .selectFrom('payout_batch')
        .select('body_json')
        .where('site', '=', site)
        .where('id', '=', id);
      const row = await firstOf(sql, query);
      return row === null ? null : (JSON.parse(row.body_json) as PayoutBatch);
    },

    async payouts(site, batch) {
      const query = db.selectFrom('payout').select('body_json').where('site', '=', site);
      const rows = await rowsOf(sql, query.where('batch', '=', batch).orderBy('id'));
      return rows.map(({ body_json }) => JSON.parse(body_json) as Payout);
    },

    async states(site, batches) {
      const found: { batch: string; state: PayoutState; count: number }[] = [];
      for (const some of chunksOf(batches, AT_ONCE)) {
        const query = db
          .selectFrom('payout')
          .select(['batch', 'state', raw<number>`count(*)`.as('count')])
          .where('site', '=', site)
          .where('batch', 'in', some)
          .groupBy(['batch', 'state']);
        // Only payouts are written here, and a payout is in one of its states.
        for (const { batch, state, count } of await rowsOf(sql, query))
          found.push({ batch, state: state as PayoutState, count: Number(count) });
      }
      return found;
    },

    async owners(site, premises) {
      const found = new Map<string, { readonly person: string; readonly phone: string | null }>();
      for (const some of chunksOf(premises, AT_ONCE)) {
        const query = db
          .selectFrom('premises_person')
          .innerJoin('person', (join) =>
            join
              .onRef('person.site', '=', 'premises_person.site')
              .onRef('person.id', '=', 'premises_person.person'),
          )
          .select(['premises_person.premises', 'premises_person.person', 'person.phone'])
          .where('premises_person.site', '=', site)
          .where('premises_person.role', '=', 'owner')
          .where('premises_person.premises', 'in', some);
        for (const { premises: of, person, phone } of await rowsOf(sql, query))
          found.set(of, { person, phone });
      }
      return found;
    },

    async accounts(site, persons) {
      const found = new Map<string, { person: string; holder: string; bank: string; number: string }>();
      for (const some of chunksOf(persons, AT_ONCE)) {
        const query = db
          .selectFrom('bank_account')
          .select(['person', 'holder', 'bank', 'number'])
          .where('site', '=', site)
          .where('person', 'in', some);
        for (const account of await rowsOf(sql, query)) found.set(account.person, account);
      }
      return found;
    },

    async putAccount(site, { person, ...account }, at) {
      const content = { ...account, saved_at: at };
      const save = db
        .insertInto('bank_account')
        .values({ site, person, ...content })
        .onConflict((conflict) => conflict.columns(['site', 'person']).doUpdateSet(content));
      await sql.run([step(save)]);
    },
  };
}

/** Writes a batch and its payouts, each only from the state it was read in. */
export function createPayoutSteps({ db }: Dialect) {
  function batch({ site, id, preparedAt, ...rest }: PayoutBatch): Step {
    const body_json = JSON.stringify({ site, id, preparedAt, ...rest });
    return step(
      db
        .insertInto('payout_batch')
        .values({ site, id, prepared_at: preparedAt, body_json })
        .onConflict((conflict) => conflict.columns(['site', 'id']).doUpdateSet({ body_json })),
    );
  }

  function payouts(
    writes: readonly { readonly payout: Payout; readonly was: PayoutState | null }[],
  ): readonly Step[] {
    const added = writes.filter(({ was }) => was === null).map(({ payout }) => rowOf(payout));
    const inserts = chunksOf(added, AT_ONCE).map((rows) => step(db.insertInto('payout').values(rows)));
    const updates = writes.flatMap(({ payout, was }) => {
      if (was === null) return [];
      const { site, id, state, body_json } = rowOf(payout);
      const update = db
        .updateTable('payout')
        .set({ state, body_json })
        .where('site', '=', site)
        .where('id', '=', id)
        .where('state', '=', was);
      return [step(update, { name: PAYOUT_AS_READ, affected: 1 })];
    });
    return [...inserts, ...updates];
  }

  return { batch, payouts };
}

function rowOf(payout: Payout) {
  const { site, id, batch, claim, state } = payout;
  return { site, id, batch, claim, state, body_json: JSON.stringify(payout) };
}
