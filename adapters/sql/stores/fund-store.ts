import { sql as raw } from 'kysely';
import type { Account, EntryKind } from '../../../core/fund/entry.ts';
import type { FundStore, StoredEntry } from '../../../core/ports/money-store.ts';
import type { Dialect } from '../dialect.ts';
import type { Sql } from '../sql.ts';
import { chunksOf, firstOf, rowsOf, step } from '../steps.ts';
import type { FundEntryTable, FundPostingTable } from '../tables.ts';
import { createFundProof } from './fund-proof.ts';

export function createFundStore(sql: Sql, dialect: Dialect): FundStore {
  const { db } = dialect;

  async function withPostings(
    site: string,
    rows: readonly FundEntryTable[],
  ): Promise<readonly StoredEntry[]> {
    const seqs = rows.map(({ seq }) => seq);
    const reads = chunksOf(seqs, 500).map((some) =>
      step(
        db
          .selectFrom('fund_posting')
          .selectAll()
          .where('site', '=', site)
          .where('seq', 'in', some)
          .orderBy('seq')
          .orderBy('ordinal'),
      ),
    );
    const postings = reads.length === 0 ? [] : (await sql.run(reads)).flatMap((result) => result.rows);
    return rows.map((row) => entryOf(row, postings));
  }

  return {
    async balance(site, account) {
      const query = db.selectFrom('fund_balance').select('amount_minor').where('site', '=', site);
      return (await firstOf(sql, query.where('account', '=', account)))?.amount_minor ?? 0;
    },

    async balances(site) {
      const account = raw<string>`case when account like 'owner:%' then 'owners' else account end`;
      const query = db
        .selectFrom('fund_balance')
        .select([account.as('account'), raw<number>`sum(amount_minor)`.as('amount_minor')])
        .where('site', '=', site)
        .groupBy(account)
        .orderBy(account);
      return (await rowsOf(sql, query)).map((row) => ({ ...row, amount_minor: Number(row.amount_minor) }));
    },

    async used(site, year) {
      const query = db.selectFrom('fund_year').select('used_minor').where('site', '=', site);
      return (await firstOf(sql, query.where('year', '=', year)))?.used_minor ?? 0;
    },

    async entries(site, { claim, kind, account, before, limit }) {
      let query = db.selectFrom('fund_entry').selectAll().where('site', '=', site);
      if (claim !== undefined) query = query.where('claim', '=', claim);
      if (kind !== undefined) query = query.where('kind', '=', kind);
      if (account !== undefined) {
        const posted = db
          .selectFrom('fund_posting')
          .select('seq')
          .where('site', '=', site)
          .where('account', '=', account);
        query = query.where('seq', 'in', posted);
      }
      if (before !== undefined) query = query.where('seq', '<', before);
      return withPostings(site, await rowsOf(sql, query.orderBy('seq', 'desc').limit(limit)));
    },

    async entry(site, key) {
      const query = db
        .selectFrom('fund_entry')
        .selectAll()
        .where('site', '=', site)
        .where('entry_key', '=', key);
      return (await withPostings(site, await rowsOf(sql, query)))[0] ?? null;
    },

    verify: createFundProof(sql, dialect),
  };
}

function entryOf(row: FundEntryTable, postings: readonly FundPostingTable[]): StoredEntry {
  const { entry_key: key, given_by: by, kind, ...rest } = row;
  const own = postings.filter(({ seq }) => seq === row.seq);
  return {
    ...rest,
    key,
    by,
    // Only `commit` writes kinds and accounts, from entries of the books.
    kind: kind as EntryKind,
    postings: own.map(({ account, amount_minor }) => ({ account: account as Account, amount_minor })),
  };
}
