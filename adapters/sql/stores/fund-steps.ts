import { sql as raw } from 'kysely';
import { checkedEntry, type FundEntry } from '../../../core/fund/entry.ts';
import type { MoneyWrite } from '../../../core/ports/money-store.ts';
import type { Dialect } from '../dialect.ts';
import { byCodePoint } from '../order.ts';
import type { Step } from '../sql.ts';
import { chunksOf, step } from '../steps.ts';

const ROWS = 200;
export const FUND_LIMIT = 'fund_limit';
export const BUDGET = 'budget';

/** The steps of a transaction of money that concern the books. */
export function createFundSteps({ db }: Dialect) {
  const head = (site: string) => raw<number>`(select seq from fund_head where site = ${site})`;

  /** Takes the numbers of the entries, and with them the lock that lets decisions about a fund come one after another. */
  function lock(site: string, entries: number): Step {
    return step(
      db
        .insertInto('fund_head')
        .values({ site, seq: entries })
        .onConflict((conflict) =>
          conflict.column('site').doUpdateSet({ seq: raw<number>`fund_head.seq + excluded.seq` }),
        ),
    );
  }

  function enter(site: string, entries: readonly FundEntry[]): readonly Step[] {
    const back = (i: number) => raw<number>`${head(site)} - ${raw.lit(entries.length - 1 - i)}`;
    const rows = entries.map((entry, i) => {
      const { key, by, postings: _, ...rest } = checkedEntry(entry);
      return { ...rest, seq: back(i), entry_key: key, given_by: by };
    });
    const postings = entries.flatMap((entry, i) =>
      entry.postings.map((posting, ordinal) => ({ site, seq: back(i), ordinal, ...posting })),
    );
    return [
      ...chunksOf(rows, ROWS).map((some) => step(db.insertInto('fund_entry').values(some))),
      ...chunksOf(postings, ROWS).map((some) => step(db.insertInto('fund_posting').values(some))),
      ...balances(site, entries),
      ...years(site, entries),
    ];
  }

  function balances(site: string, entries: readonly FundEntry[]): readonly Step[] {
    const sums = sumsBy(
      entries.flatMap(({ postings }) => postings.map((one) => [one.account, one.amount_minor])),
    );
    const rows = sums.map(([account, amount_minor]) => ({ site, account, amount_minor }));
    return chunksOf(rows, ROWS).map((some) =>
      step(
        db
          .insertInto('fund_balance')
          .values(some)
          .onConflict((conflict) =>
            conflict
              .columns(['site', 'account'])
              .doUpdateSet({ amount_minor: raw<number>`fund_balance.amount_minor + excluded.amount_minor` }),
          ),
      ),
    );
  }

  function years(site: string, entries: readonly FundEntry[]): readonly Step[] {
    const used = sumsBy(entries.map(({ year, budget_minor }) => [String(year), budget_minor]));
    return used.map(([year, used_minor]) =>
      step(
        db
          .insertInto('fund_year')
          .values({ site, year: Number(year), used_minor })
          .onConflict((conflict) =>
            conflict
              .columns(['site', 'year'])
              .doUpdateSet({ used_minor: raw<number>`fund_year.used_minor + excluded.used_minor` }),
          ),
      ),
    );
  }

  /** What must hold once the entries are in. An entry that only gives is never refused. */
  function bounds({
    site,
    entries,
    bounds: { limit_minor, year, budget_minor },
  }: MoneyWrite): readonly Step[] {
    const taken = entries.flatMap(({ postings }) => postings).filter(({ account }) => account === 'fund');
    const budgeted = entries
      .filter((entry) => entry.year === year)
      .reduce((sum, one) => sum + one.budget_minor, 0);
    const limit = db
      .selectFrom('fund_balance')
      .select('account')
      .where('site', '=', site)
      .where('account', '=', 'fund')
      .where('amount_minor', '>=', limit_minor);
    const withinYear = db
      .selectFrom('fund_year')
      .select('year')
      .where('site', '=', site)
      .where('year', '=', year)
      .where('used_minor', '<=', budget_minor ?? 0);
    return [
      ...(taken.reduce((sum, one) => sum + one.amount_minor, 0) < 0
        ? [step(limit, { name: FUND_LIMIT, affected: 1 })]
        : []),
      ...(budget_minor !== null && budgeted > 0 ? [step(withinYear, { name: BUDGET, affected: 1 })] : []),
    ];
  }

  return { lock, enter, bounds };
}

function sumsBy(pairs: readonly (readonly [string, number])[]): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const [key, amount] of pairs) sums.set(key, (sums.get(key) ?? 0) + amount);
  return [...sums].filter(([, amount]) => amount !== 0).sort(([a], [b]) => byCodePoint(a, b));
}
