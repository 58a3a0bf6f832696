import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { databaseInUse } from '../adapters/sql/sqlite-backup.ts';
import { restoreBackup } from './backup/restore-backup.ts';
import { Complaint } from './complaint.ts';
import { complaintOf } from './complaint-of.ts';
import { askServer } from './control.ts';
import type { Io } from './io.ts';
import { readOptions } from './options.ts';
import { configurationOf } from './parts/configuration.ts';
import { databaseFile } from './parts/stores.ts';

const USAGE =
  'usage: relight restore FOLDER [--replace]   (--replace keeps a data folder that is not empty aside)';

/** `relight restore FOLDER`: a backup becomes the data folder; never under a running server. */
export async function runRestore(argv: string[], io: Io): Promise<number> {
  const { names, values } = readOptions(argv, USAGE, 1, {
    replace: { type: 'boolean' },
  });
  const from = resolve(names[0] ?? '');
  const configuration = configurationOf(process.env);
  if (configuration.DATABASE_URL !== undefined) {
    throw new Complaint('the database is PostgreSQL: restore it with pg_restore (docs/backup.md)');
  }
  const dataDirectory = resolve(configuration.DATA_DIR);
  const file = databaseFile(configuration);
  const server = await askServer(dataDirectory, 'ping', {});
  if (server !== null || (existsSync(file) && databaseInUse(file))) {
    throw new Complaint(`a server runs on ${dataDirectory}: stop it first`);
  }
  const tell = (line: string) => io.stdout(`${line}\n`);
  try {
    const { readings } = await restoreBackup(from, {
      dataDirectory,
      replace: values.replace === true,
      stamp: new Date().toISOString().replaceAll(/[:.]/g, ''),
      tell,
    });
    if (readings !== 'included') tell(`readings: none in the backup (${readings})`);
  } catch (error) {
    throw complaintOf(error);
  }
  tell(`restored into ${dataDirectory}; the next start brings its schema forward where needed`);
  return 0;
}
