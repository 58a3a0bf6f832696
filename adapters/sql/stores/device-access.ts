import { sql as raw } from 'kysely';
import type { CredentialStore, Quarantine } from '../../../core/ports/device-access.ts';
import type { Dialect } from '../dialect.ts';
import type { Sql } from '../sql.ts';
import { firstOf, rowsOf, step } from '../steps.ts';

const QUARANTINE_MAX = 1_000;
/** More than can ever be there, because PostgreSQL and SQLite share no spelling of "no limit". */
const ALL_THE_REST = 1_000_000;
const SAMPLE_MAX = 1_024;

export function createCredentialStore(sql: Sql, { db }: Dialect): CredentialStore {
  return {
    async hashOf(site, id) {
      const query = db
        .selectFrom('device_credential')
        .select('sha256')
        .where('site', '=', site)
        .where('id', '=', id);
      return (await firstOf(sql, query))?.sha256 ?? null;
    },
    async set(site, id, sha256, at) {
      const save = db
        .insertInto('device_credential')
        .values({ site, id, sha256, set_at: at })
        .onConflict((conflict) => conflict.columns(['site', 'id']).doUpdateSet({ sha256, set_at: at }));
      await sql.run([step(save)]);
    },
    async remove(site, id) {
      await sql.run([step(db.deleteFrom('device_credential').where('site', '=', site).where('id', '=', id))]);
    },
  };
}

export function createQuarantine(sql: Sql, { db }: Dialect): Quarantine {
  const newestFirst = db.selectFrom('quarantine').orderBy('last_seen', 'desc').orderBy('subject');
  return {
    async note({ subject, kind, address, sample, at }) {
      const last = { kind, address, sample: sample?.slice(0, SAMPLE_MAX) ?? null, last_seen: at };
      const save = db
        .insertInto('quarantine')
        .values({ subject, ...last, first_seen: at, count: 1 })
        .onConflict((conflict) =>
          conflict.column('subject').doUpdateSet({ ...last, count: raw<number>`quarantine.count + 1` }),
        );
      const tooMany = newestFirst.select('subject').limit(ALL_THE_REST).offset(QUARANTINE_MAX);
      await sql.run([step(save), step(db.deleteFrom('quarantine').where('subject', 'in', tooMany))]);
    },
    async list() {
      const rows = await rowsOf(sql, newestFirst.selectAll().limit(QUARANTINE_MAX));
      return rows.map(({ first_seen, last_seen, ...entry }) => ({
        ...entry,
        firstSeen: first_seen,
        lastSeen: last_seen,
      }));
    },
    async remove(subject) {
      await sql.run([step(db.deleteFrom('quarantine').where('subject', '=', subject))]);
    },
  };
}
