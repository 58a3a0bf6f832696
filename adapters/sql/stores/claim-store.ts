import { sql as raw } from 'kysely';
import { type Claim, type ClaimState, keyText } from '../../../core/claims/claim.ts';
import type { ClaimStore, StoredClaim } from '../../../core/ports/money-store.ts';
import type { Dialect } from '../dialect.ts';
import type { Sql, Step } from '../sql.ts';
import { chunksOf, firstOf, rowsOf, step } from '../steps.ts';
import type { ClaimTable } from '../tables.ts';

/** Claims asked for or written in one statement. */
const AT_ONCE = 200;
/** The step that fails when a claim is not as it was read. */
export const CLAIM_AS_READ = 'claim';

export function createClaimStore(sql: Sql, { db }: Dialect): ClaimStore {
  return {
    async get(site, id) {
      const query = db.selectFrom('claim').selectAll().where('site', '=', site).where('id', '=', id);
      const row = await firstOf(sql, query);
      return row === null ? null : storedOf(row);
    },

    async byIds(site, ids) {
      const found: StoredClaim[] = [];
      for (const some of chunksOf(ids, AT_ONCE)) {
        const query = db.selectFrom('claim').selectAll().where('site', '=', site).where('id', 'in', some);
        found.push(...(await rowsOf(sql, query)).map(storedOf));
      }
      return found;
    },

    async list({ site, states, incident, premises, needsInput, unpaidOnly, before, limit }) {
      if (premises?.length === 0) return [];
      let query = db.selectFrom('claim').selectAll().where('site', '=', site);
      if (states !== undefined) query = query.where('state', 'in', states);
      if (incident !== undefined) query = query.where('incident', '=', incident);
      if (premises !== undefined) query = query.where('premises', 'in', premises);
      if (needsInput !== undefined) query = query.where('needs_input', '=', needsInput ? 1 : 0);
      if (unpaidOnly === true) query = query.where('payout', 'is', null);
      if (before !== undefined) {
        const { at, id } = before;
        query = query.where((is) =>
          is.or([is('opened_at', '<', at), is.and([is('opened_at', '=', at), is('id', '<', id)])]),
        );
      }
      return (await rowsOf(sql, query.orderBy('opened_at', 'desc').orderBy('id', 'desc').limit(limit))).map(
        storedOf,
      );
    },

    async totals(site, { incident, premises, needsInput } = {}) {
      if (premises?.length === 0) return [];
      let counted = db
        .selectFrom('claim')
        .select(['state', raw<number>`count(*)`.as('count')])
        .select(raw<number>`coalesce(sum(amount_minor), 0)`.as('sum_minor'))
        .where('site', '=', site);
      if (incident !== undefined) counted = counted.where('incident', '=', incident);
      if (premises !== undefined) counted = counted.where('premises', 'in', premises);
      if (needsInput !== undefined) counted = counted.where('needs_input', '=', needsInput ? 1 : 0);
      const rows = await rowsOf(sql, counted.groupBy('state').orderBy('state'));
      return rows.map(({ state, count, sum_minor }) => {
        // Only claims are written here, and a claim is in one of its states.
        return { state: state as ClaimState, count: Number(count), sum_minor: Number(sum_minor) };
      });
    },

    async waiting(site, limit) {
      const query = db
        .selectFrom('claim')
        .select(['incident', raw<number>`count(*)`.as('count')])
        .select(raw<number>`sum(amount_minor)`.as('sum_minor'))
        .where('site', '=', site)
        .where('state', '=', 'submitted')
        .groupBy('incident')
        .orderBy(raw`max(opened_at)`, 'desc')
        .orderBy('incident')
        .limit(limit);
      return (await rowsOf(sql, query)).map(({ incident, count, sum_minor }) => {
        return { incident, count: Number(count), sum_minor: Number(sum_minor) };
      });
    },
  };
}

/** Checks that every known claim is as it was read, then writes all; the head of the fund is locked before. */
export function createClaimSteps({ db }: Dialect): (claims: readonly StoredClaim[]) => readonly Step[] {
  return (claims) => {
    const known = claims.filter(({ version }) => version > 0);
    const unchanged = chunksOf(known, AT_ONCE).map((some) => {
      const query = db
        .selectFrom('claim')
        .select('id')
        .where('site', '=', some[0]?.claim.site ?? '')
        .where((is) =>
          is.or(
            some.map(({ claim, version }) => is.and([is('id', '=', claim.id), is('version', '=', version)])),
          ),
        );
      return step(query, { name: CLAIM_AS_READ, affected: some.length });
    });
    const updates = known.map(({ claim, version }) => {
      const { site, id, ...row } = rowOf(claim, version + 1);
      return step(db.updateTable('claim').set(row).where('site', '=', site).where('id', '=', id));
    });
    const added = claims.filter(({ version }) => version === 0).map(({ claim }) => rowOf(claim, 1));
    const inserts = chunksOf(added, AT_ONCE).map((rows) => step(db.insertInto('claim').values(rows)));
    return [...unchanged, ...updates, ...inserts];
  };
}

function rowOf(claim: Claim, version: number): ClaimTable {
  return {
    site: claim.site,
    id: claim.id,
    claim_key: `${keyText(claim)}#${claim.ordinal}`,
    incident: claim.incident,
    premises: claim.premises,
    state: claim.state,
    needs_input: claim.needs.length > 0 && claim.state === 'estimated' ? 1 : 0,
    payout: claim.payout,
    amount_minor: claim.amount_minor,
    opened_at: claim.openedAt,
    version,
    body_json: JSON.stringify(claim),
  };
}

function storedOf({ body_json, version }: ClaimTable): StoredClaim {
  return { claim: JSON.parse(body_json) as Claim, version };
}
