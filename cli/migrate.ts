import { createLogger } from '../adapters/log/pino-logger.ts';
import type { Io } from './io.ts';
import { readOptions } from './options.ts';
import { configurationOf } from './parts/configuration.ts';
import { openMigrated } from './parts/stores.ts';

/** `relight migrate`: brings the database forward to this program and says from where. */
export async function runMigrate(argv: string[], io: Io): Promise<number> {
  readOptions(argv, 'usage: relight migrate', 0, {});
  const configuration = configurationOf(process.env);
  const { stores, from, to } = await openMigrated(configuration, createLogger({ level: 'error' }));
  await stores.close();
  io.stdout(
    from === to
      ? `the database has schema version ${to}, which is this program's\n`
      : `the database was brought from schema version ${from} to ${to}\n`,
  );
  return 0;
}
