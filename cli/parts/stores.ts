import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openPostgresStores } from '../../adapters/sql/postgres-stores.ts';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import type { Configuration } from '../../contracts/configuration.ts';
import type { Logger } from '../../core/ports/logger.ts';
import { StoreUnavailable } from '../../core/ports/site-store.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { Complaint } from '../complaint.ts';

export function databaseFile(configuration: Configuration): string {
  return join(configuration.DATA_DIR, 'relight.db');
}

/** The relational stores, migrated and ready; what a person can mend becomes a complaint. */
export async function openStores(configuration: Configuration, log: Logger): Promise<Stores> {
  try {
    const stores = await open(configuration, log);
    await stores.migrate();
    return stores;
  } catch (error) {
    if (error instanceof StoreUnavailable) throw new Complaint(error.message, { cause: error });
    throw error;
  }
}

async function open(configuration: Configuration, log: Logger): Promise<Stores> {
  if (configuration.DATABASE_URL !== undefined) {
    return openPostgresStores({ url: configuration.DATABASE_URL, log });
  }
  await makeDataDirectory(configuration.DATA_DIR);
  return openSqliteStores({ file: databaseFile(configuration), log });
}

export async function makeDataDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    throw new Complaint(
      `the folder ${directory} cannot be made (${cause.code}): choose another with DATA_DIR`,
      { cause },
    );
  });
}
