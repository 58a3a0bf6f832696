import type { Logger } from '../../core/ports/logger.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { sqliteDialect } from './dialect.ts';
import { createLibsqlSql } from './libsql-sql.ts';
import { createSqlStores } from './sql-stores.ts';
import { backupSqlite } from './sqlite-backup.ts';

export interface SqliteOptions {
  readonly file: string;
  readonly log: Logger;
  /** How long a transaction waits for another program's lock before it is refused. */
  readonly busyTimeout_ms?: number;
}

/**
 * The embedded stores, one process at a time. Rejects with StoreUnavailable when the file cannot be used, and
 * says what to change. The schema is brought up to date by `migrate()`.
 */
export async function openSqliteStores({
  file,
  log,
  busyTimeout_ms = 5_000,
}: SqliteOptions): Promise<Stores> {
  const sql = createLibsqlSql({ file, log, busyTimeout_ms });
  try {
    await sql.open();
  } catch (error) {
    await sql.close();
    throw error;
  }
  return createSqlStores({
    sql,
    dialect: sqliteDialect(),
    backup: (toFile) => backupSqlite(file, toFile),
    ready: async () => `SQLite ${await sql.open()}`,
    close: () => sql.close(),
  });
}
