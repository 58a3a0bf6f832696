import { createHash } from 'node:crypto';
import type { AuditEntry, AuditLog } from '../../../core/ports/people.ts';
import { StoreUnavailable } from '../../../core/ports/site-store.ts';
import type { Dialect } from '../dialect.ts';
import { type Sql, UnmetStep } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';
import type { AuditTable } from '../tables.ts';
import { createTurns } from './turns.ts';

/** Other processes may move the head between our look and our lock; each retry means one of them got through. */
const MAX_ATTEMPTS = 200;
const PAGE = 1_000;
const GENESIS = { seq: 0, hash: '' };

export function createAuditLog(sql: Sql, { db }: Dialect): AuditLog {
  const turns = createTurns();

  function headOf(site: string) {
    return firstOf(sql, db.selectFrom('audit_head').select(['seq', 'hash']).where('site', '=', site));
  }

  /** False when another process took this place in the chain first. */
  async function tryAppend(entry: AuditEntry): Promise<boolean> {
    const head = (await headOf(entry.site)) ?? GENESIS;
    const row = chained(entry, head);
    const first = db
      .insertInto('audit_head')
      .values({ site: entry.site, ...GENESIS })
      .onConflict((conflict) => conflict.doNothing());
    const move = db
      .updateTable('audit_head')
      .set({ seq: row.seq, hash: row.hash })
      .where('site', '=', entry.site)
      .where('seq', '=', head.seq)
      .where('hash', '=', head.hash);
    try {
      await sql.run([
        step(first),
        step(move, { name: 'head', affected: 1 }),
        step(db.insertInto('audit').values(row)),
      ]);
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
    append: (entry) => turns.take(entry.site, () => append(entry)),

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
          if (row.seq !== last.seq + 1 || hashOf(row, last.hash) !== row.hash) return last.seq + 1;
          if (row.seq === head.seq && row.hash !== head.hash) return row.seq;
          last = row;
        }
        if (rows.length === 0) return last.seq + 1;
      }
      return null;
    },
  };
}

type Unhashed = Omit<AuditTable, 'hash'>;

function chained(entry: AuditEntry, head: { readonly seq: number; readonly hash: string }): AuditTable {
  const row: Unhashed = {
    site: entry.site,
    seq: head.seq + 1,
    at: entry.at,
    given_by: entry.by,
    action: entry.action,
    subject: entry.subject,
    detail_json: JSON.stringify(entry.detail ?? null),
  };
  return { ...row, hash: hashOf(row, head.hash) };
}

/** SHA-256 over the hash before it and every column, in this order. */
function hashOf(
  { site, seq, at, given_by, action, subject, detail_json }: Unhashed,
  previous: string,
): string {
  const text = JSON.stringify([previous, site, seq, at, given_by, action, subject, detail_json]);
  return createHash('sha256').update(text).digest('hex');
}
