import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openDuckdbReadingStore } from '../adapters/duckdb/open-reading-store.ts';
import { createLogger } from '../adapters/log/pino-logger.ts';
import { backupSqlite } from '../adapters/sql/sqlite-backup.ts';
import type { Configuration } from '../contracts/configuration.ts';
import { isBackupNews } from './backup/backup-job.ts';
import { writeBackup } from './backup/write-backup.ts';
import { Complaint } from './complaint.ts';
import { complaintOf } from './complaint-of.ts';
import { askServer } from './control.ts';
import type { Io } from './io.ts';
import { readOptions } from './options.ts';
import { packageVersion } from './package-version.ts';
import { configurationOf } from './parts/configuration.ts';
import { readingSettings } from './parts/reading-settings.ts';
import { databaseFile } from './parts/stores.ts';

const USAGE = 'usage: relight backup FOLDER   (a folder that does not exist yet)';
const LOOK_MS = 500;

/** `relight backup FOLDER`: through the running server, or from the files when none runs. */
export async function runBackup(argv: string[], io: Io): Promise<number> {
  const { names } = readOptions(argv, USAGE, 1, {});
  const to = resolve(names[0] ?? '');
  const configuration = configurationOf(process.env);
  if (configuration.DATABASE_URL !== undefined) {
    throw new Complaint(
      'the database is PostgreSQL: back it up with pg_dump -Fc -f relight.dump "$DATABASE_URL" (docs/backup.md)',
    );
  }
  const tell = (line: string) => io.stdout(`${line}\n`);
  const answer = await askServer(configuration.DATA_DIR, 'backup', to);
  try {
    if (answer === null) await backupFiles(configuration, to, tell);
    else await followServer(configuration.DATA_DIR, tell);
  } catch (error) {
    throw complaintOf(error);
  }
  tell(`backup written: ${to}`);
  return 0;
}

async function followServer(dataDirectory: string, tell: (line: string) => void): Promise<void> {
  tell('the running server writes the backup');
  let told = 0;
  for (;;) {
    const answer = await askServer(dataDirectory, 'backup-news', {});
    const news = answer?.result;
    if (!isBackupNews(news))
      throw new Complaint('the server went away while it wrote the backup: there is none');
    const failure = news.state === 'failed' ? (news.lines.at(-1) ?? 'it failed') : null;
    for (const line of failure === null ? news.lines.slice(told) : []) tell(line);
    told = news.lines.length;
    if (failure !== null) throw new Complaint(failure);
    if (news.state !== 'running') return;
    await new Promise((next) => setTimeout(next, LOOK_MS));
  }
}

async function backupFiles(
  configuration: Configuration,
  to: string,
  tell: (line: string) => void,
): Promise<void> {
  const file = databaseFile(configuration);
  await access(file).catch((cause: unknown) => {
    throw new Complaint(`there is nothing to back up in ${configuration.DATA_DIR}: set DATA_DIR`, { cause });
  });
  tell('no server runs on this data; writing the backup from its files');
  const settings = readingSettings(configuration);
  const there = await access(join(configuration.DATA_DIR, 'readings')).then(
    () => true,
    () => false,
  );
  await writeBackup(to, {
    dataDirectory: configuration.DATA_DIR,
    copyDatabase: (copy) => backupSqlite(file, copy),
    copyReadings:
      settings.kind === 'duckdb' && there
        ? async (folder) => {
            const store = await openDuckdbReadingStore({
              ...settings,
              log: createLogger({ level: 'error' }),
            });
            await store.copyTo(folder).finally(() => store.close());
          }
        : null,
    version: packageVersion(),
    at: new Date().toISOString(),
    tell,
  });
}
