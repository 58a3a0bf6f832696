import type { Logger } from '../../core/ports/logger.ts';
import { StoreUnavailable } from '../../core/ports/site-store.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { postgresDialect } from './dialect.ts';
import { createPostgresSql } from './postgres-sql.ts';
import { createSqlStores } from './sql-stores.ts';

export interface PostgresStoresOptions {
  readonly url: string;
  readonly log: Logger;
  readonly maxConnections?: number;
  readonly statementTimeout_ms?: number;
}

/**
 * The stores over PostgreSQL 15 or newer, any number of processes. Rejects with StoreUnavailable when the
 * database does not answer or refuses us, and says what to change.
 */
export async function openPostgresStores(options: PostgresStoresOptions): Promise<Stores> {
  const { url, log, maxConnections = 10, statementTimeout_ms = 30_000 } = options;
  const sql = createPostgresSql({ url, log, maxConnections, statementTimeout_ms });
  try {
    await sql.open();
  } catch (error) {
    await sql.close();
    throw error;
  }
  return createSqlStores({
    sql,
    dialect: postgresDialect(),
    backup: () => Promise.reject(new StoreUnavailable(USE_PG_DUMP, { retryable: false })),
    ready: async () => `PostgreSQL ${await sql.open()}`,
    close: () => sql.close(),
  });
}

const USE_PG_DUMP =
  'A PostgreSQL database is backed up with its own tools: pg_dump -Fc -f relight.dump "$DATABASE_URL" (docs/backup.md)';
