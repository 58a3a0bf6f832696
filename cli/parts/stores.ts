import { join } from 'node:path';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import type { Configuration } from '../../contracts/configuration.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { complaintOf } from '../complaint-of.ts';
import { checkDataDirectory } from './data-directory.ts';

export function databaseFile(configuration: Configuration): string {
  return join(configuration.DATA_DIR, 'relight.db');
}

/** The relational stores, migrated and ready; what a person can mend becomes a complaint. */
export async function openStores(configuration: Configuration, log: Logger): Promise<Stores> {
  return (await openMigrated(configuration, log)).stores;
}

/** The stores, and the schema versions that opening them led between; 0 is an empty database. */
export async function openMigrated(
  configuration: Configuration,
  log: Logger,
): Promise<{ readonly stores: Stores; readonly from: number; readonly to: number }> {
  let stores: Stores | null = null;
  try {
    stores = await open(configuration, log);
    return { stores, ...(await stores.migrate()) };
  } catch (error) {
    await stores?.close();
    throw complaintOf(error);
  }
}

async function open(configuration: Configuration, log: Logger): Promise<Stores> {
  if (configuration.DATABASE_URL !== undefined) {
    // Loading the driver costs a start without it a tenth of its time.
    const { openPostgresStores } = await import('../../adapters/sql/postgres-stores.ts');
    return openPostgresStores({ url: configuration.DATABASE_URL, log });
  }
  await checkDataDirectory(configuration.DATA_DIR);
  return openSqliteStores({ file: databaseFile(configuration), log });
}
