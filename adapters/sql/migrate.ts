import { createHash } from 'node:crypto';
import { StoreUnavailable } from '../../core/ports/site-store.ts';
import type { Dialect } from './dialect.ts';
import { type Migration, POSTGRES_TYPES, SQLITE_TYPES } from './migrations/migration.ts';
import { type Sql, type Step, UnmetStep } from './sql.ts';
import { rowsOf, step } from './steps.ts';

/** Any constant does, as long as every Relight process locks the same one while it creates the first table. */
const ADVISORY_LOCK = 7_354_427;

/**
 * Brings the schema forward, one transaction a migration. Two processes that start at once are safe: recording
 * a migration is the first statement of its transaction, and only one of them can record it.
 */
export async function migrate(
  sql: Sql,
  dialect: Dialect,
  migrations: readonly Migration[],
): Promise<{ readonly from: number; readonly to: number }> {
  await sql.run(firstTable(dialect));
  let from: number | null = null;
  for (;;) {
    const applied = await rowsOf(sql, dialect.db.selectFrom('migration').selectAll().orderBy('id'));
    refuseForeign(applied, dialect, migrations);
    from ??= applied.length;
    const next = migrations[applied.length];
    if (next === undefined) return { from, to: applied.length };
    await applyOnce(sql, dialect, next);
  }
}

function firstTable(dialect: Dialect): Step[] {
  const { text, int } = dialect.name === 'postgres' ? POSTGRES_TYPES : SQLITE_TYPES;
  const create = `create table if not exists migration (
    id ${int} primary key, name ${text} not null, checksum ${text} not null, applied_at ${int} not null)`;
  const steps: Step[] = [{ sql: create, parameters: [] }];
  if (dialect.name === 'postgres') {
    steps.unshift({ sql: `select pg_advisory_xact_lock(${ADVISORY_LOCK})`, parameters: [] });
  }
  return steps;
}

async function applyOnce(sql: Sql, dialect: Dialect, migration: Migration): Promise<void> {
  const record = dialect.db
    .insertInto('migration')
    .values({
      id: migration.id,
      name: migration.name,
      checksum: checksum(migration, dialect),
      applied_at: dialect.now,
    })
    .onConflict((conflict) => conflict.doNothing());
  const statements = statementsOf(migration, dialect).map((text) => ({ sql: text, parameters: [] }));
  try {
    await sql.run([step(record, { name: 'record', affected: 1 }), ...statements]);
  } catch (error) {
    if (!(error instanceof UnmetStep)) throw error;
  }
}

function refuseForeign(
  applied: readonly { readonly id: number; readonly name: string; readonly checksum: string }[],
  dialect: Dialect,
  migrations: readonly Migration[],
): void {
  const newest = applied.at(-1);
  const last = migrations.at(-1)?.id ?? 0;
  if (newest !== undefined && newest.id > last) {
    throw new StoreUnavailable(
      `The database has schema version ${newest.id} and this program knows versions up to ${last}: ` +
        'it was used by a newer Relight. Start that version or restore an older backup.',
      { retryable: false },
    );
  }
  applied.forEach((row, i) => {
    const known = migrations[i];
    if (known?.id !== row.id || checksum(known, dialect) !== row.checksum) {
      throw new StoreUnavailable(
        `The database's schema version ${row.id} (${row.name}) is not the one this program would have made: ` +
          'it belongs to another build. Start that build or restore a backup made by this one.',
        { retryable: false },
      );
    }
  });
}

function statementsOf(migration: Migration, dialect: Dialect): readonly string[] {
  return migration.statements(dialect.name === 'postgres' ? POSTGRES_TYPES : SQLITE_TYPES);
}

function checksum(migration: Migration, dialect: Dialect): string {
  const text = statementsOf(migration, dialect).join(';').replaceAll(/\s+/g, ' ');
  return createHash('sha256').update(text).digest('hex');
}
