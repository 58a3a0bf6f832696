import { sql as raw } from 'kysely';
import type { FundProof, FundStore } from '../../../core/ports/money-store.ts';
import type { Dialect } from '../dialect.ts';
import type { Sql } from '../sql.ts';
import { step } from '../steps.ts';

/** Faults listed of each kind. */
const LISTED = 100;

interface Subject {
  readonly subject: string;
}

/** Looks at the postings alone and compares with everything that claims to be their sum. One snapshot. */
export function createFundProof(sql: Sql, { db }: Dialect): FundStore['verify'] {
  /** A query of one column, `subject`. */
  function subjects(text: ReturnType<typeof raw<Subject>>) {
    return step<Subject>({ compile: () => text.compile(db) });
  }

  return async (site): Promise<FundProof> => {
    const entries = db
      .selectFrom('fund_entry')
      .select(raw<number>`count(*)`.as('count'))
      .where('site', '=', site);
    const postings = db
      .selectFrom('fund_posting')
      .select([
        raw<number>`count(*)`.as('count'),
        raw<number>`coalesce(sum(amount_minor), 0)`.as('sum_minor'),
      ])
      .where('site', '=', site);
    const limit = raw.lit(LISTED);
    const checks = {
      entry_not_zero: raw<Subject>`select e.entry_key as subject from fund_entry e
        left join fund_posting p on p.site = e.site and p.seq = e.seq where e.site = ${site}
        group by e.seq, e.entry_key having coalesce(sum(p.amount_minor), 1) <> 0 limit ${limit}`,
      posting_without_entry: raw<Subject>`select cast(p.seq as text) as subject from fund_posting p where p.site = ${site}
        and not exists (select 1 from fund_entry e where e.site = p.site and e.seq = p.seq) limit ${limit}`,
      balance_differs: raw<Subject>`select b.account as subject from fund_balance b where b.site = ${site}
        and b.amount_minor <> (select coalesce(sum(p.amount_minor), 0) from fund_posting p
          where p.site = b.site and p.account = b.account) limit ${limit}`,
      balance_missing: raw<Subject>`select p.account as subject from fund_posting p where p.site = ${site}
        group by p.account having sum(p.amount_minor) <> 0 and not exists
          (select 1 from fund_balance b where b.site = ${site} and b.account = p.account) limit ${limit}`,
      budget_differs: raw<Subject>`select cast(y.year as text) as subject from fund_year y where y.site = ${site}
        and y.used_minor <> (select coalesce(sum(e.budget_minor), 0) from fund_entry e
          where e.site = y.site and e.year = y.year) limit ${limit}`,
      claim_not_paid_once: raw<Subject>`select c.id as subject from claim c
        left join fund_entry e on e.site = c.site and e.claim = c.id
        left join fund_posting p on p.site = e.site and p.seq = e.seq and p.account = 'paid'
        where c.site = ${site} group by c.id, c.state, c.amount_minor, c.body_json
        having coalesce(sum(p.amount_minor), 0) <> case when c.state = 'paid'
          or (c.state in ('appealed', 'reversed') and c.body_json like '%"to":"paid"%')
          then c.amount_minor else 0 end limit ${limit}`,
      claim_not_reserved_once: raw<Subject>`select c.id as subject from claim c
        left join fund_entry e on e.site = c.site and e.claim = c.id
        left join fund_posting p on p.site = e.site and p.seq = e.seq and p.account = 'fund'
        where c.site = ${site} group by c.id, c.state, c.amount_minor, c.body_json
        having -coalesce(sum(p.amount_minor), 0) <> case when c.state in ('approved', 'paid')
          or (c.state in ('appealed', 'reversed') and c.body_json like '%"to":"paid"%')
          then c.amount_minor else 0 end limit ${limit}`,
      money_without_claim: raw<Subject>`select e.entry_key as subject from fund_entry e where e.site = ${site}
        and e.claim is not null and not exists
          (select 1 from claim c where c.site = e.site and c.id = e.claim) limit ${limit}`,
    };
    const codes = Object.keys(checks);
    const [counted, summed, ...found] = await sql.run([
      step(entries),
      step(postings),
      ...Object.values(checks).map(subjects),
    ]);
    const total = summed.rows[0];
    const sum_minor = Number(total?.sum_minor ?? 0);
    return {
      entries: Number(counted.rows[0]?.count ?? 0),
      postings: Number(total?.count ?? 0),
      sum_minor,
      faults: [
        ...(sum_minor === 0 ? [] : [{ code: 'sum_not_zero', subject: String(sum_minor) }]),
        ...found.flatMap(({ rows }, i) => rows.map(({ subject }) => ({ code: codes[i] ?? '', subject }))),
      ],
    };
  };
}
