import { createHash } from 'node:crypto';
import type { AuditEntry } from '../../../core/ports/people.ts';
import type { Dialect } from '../dialect.ts';
import type { Sql, Step } from '../sql.ts';
import { firstOf, step } from '../steps.ts';
import type { AuditTable } from '../tables.ts';
import { createTurns, type Turns } from './turns.ts';

/** The step that fails when another process took this place in the chain first. */
export const AUDIT_HEAD = 'audit_head';

export const GENESIS = { seq: 0, hash: '' };

/** The hash chain of a site as steps of a transaction, so that an act and its line are kept together or not at all. */
export interface AuditChain {
  /** Who appends in this process, one after another. */
  readonly turns: Turns;
  /** Entries of one site, after its newest. */
  append(site: string, entries: readonly AuditEntry[]): Promise<readonly Step[]>;
}

export function createAuditChain(sql: Sql, { db }: Dialect): AuditChain {
  return {
    turns: createTurns(),
    async append(site, entries) {
      if (entries.length === 0) return [];
      const known = db.selectFrom('audit_head').select(['seq', 'hash']).where('site', '=', site);
      const head = (await firstOf(sql, known)) ?? GENESIS;
      const rows: AuditTable[] = [];
      for (const entry of entries) rows.push(chained(entry, rows.at(-1) ?? head));
      const last = rows.at(-1) ?? head;
      const first = db
        .insertInto('audit_head')
        .values({ site, ...GENESIS })
        .onConflict((conflict) => conflict.doNothing());
      const move = db
        .updateTable('audit_head')
        .set({ seq: last.seq, hash: last.hash })
        .where('site', '=', site)
        .where('seq', '=', head.seq)
        .where('hash', '=', head.hash);
      return [
        step(first),
        step(move, { name: AUDIT_HEAD, affected: 1 }),
        ...rows.map((row) => step(db.insertInto('audit').values(row))),
      ];
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
  return { ...row, hash: auditHash(row, head.hash) };
}

/** SHA-256 over the hash before it and every column, in this order. */
export function auditHash(
  { site, seq, at, given_by, action, subject, detail_json }: Unhashed,
  previous: string,
): string {
  const text = JSON.stringify([previous, site, seq, at, given_by, action, subject, detail_json]);
  return createHash('sha256').update(text).digest('hex');
}
