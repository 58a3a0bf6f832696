import type { AuditEntry, AuditLog } from '../../../core/ports/people.ts';
import { StoreUnavailable } from '../../../core/ports/site-store.ts';
import type { Dialect } from '../dialect.ts';
import { type Sql, UnmetStep } from '../sql.ts';
import { firstOf, rowsOf } from '../steps.ts';
import { type AuditChain, auditHash, GENESIS } from './audit-chain.ts';

/** Other processes may move the head between our look and our lock; each retry means one of them got through. */
const MAX_ATTEMPTS = 200;
const PAGE = 1_000;

export function createAuditLog(sql: Sql, { db }: Dialect, chain: AuditChain): AuditLog {
  function headOf(site: string) {
    return firstOf(sql, db.selectFrom('audit_head').select(['seq', 'hash']).where('site', '=', site));
  }

  /** False when another process took this place in the chain first. */
  async function tryAppend(entry: AuditEntry): Promise<boolean> {
    try {
      await sql.run(await chain.append(entry.site, [entry]));
      return true;
    } catch (error) {
      if (error instanceof UnmetStep) return false;
      throw error;
    }
  }

  async function append(entry: AuditEntry): Promise<void> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (await tryAppend(entry)) return;
    }
    throw new StoreUnavailable('The audit log is too contended', { retryable: true });
  }

  function page(site: string, after: number) {
    const query = db.selectFrom('audit').selectAll().where('site', '=', site).where('seq', '>', after);
    return rowsOf(sql, query.orderBy('seq').limit(PAGE));
  }

  return {
    append: (entry) => chain.turns.take(entry.site, () => append(entry)),

    async list(site, { before, limit }) {
      let query = db.selectFrom('audit').selectAll().where('site', '=', site);
      if (before !== undefined) query = query.where('seq', '<', before);
      const rows = await rowsOf(sql, query.orderBy('seq', 'desc').limit(limit));
      return rows.map(({ given_by, detail_json, ...row }) => {
        return { ...row, by: given_by, detail: JSON.parse(detail_json) as unknown };
      });
    },

    async verify(site) {
      const head = (await headOf(site)) ?? GENESIS;
      let last: { readonly seq: number; readonly hash: string } = GENESIS;
      while (last.seq < head.seq) {
        const rows = await page(site, last.seq);
        for (const row of rows) {
          if (row.seq !== last.seq + 1 || auditHash(row, last.hash) !== row.hash) return last.seq + 1;
          if (row.seq === head.seq && row.hash !== head.hash) return row.seq;
          last = row;
        }
        if (rows.length === 0) return last.seq + 1;
      }
      return null;
    },
  };
}
