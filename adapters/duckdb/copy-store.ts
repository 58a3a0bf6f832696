import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Session } from './session.ts';
import { identifier, literal } from './sql-text.ts';

const COPY = 'backup_copy';

/**
 * Copies an open store into an empty folder, as it stands at one instant: the tables in one transaction beside those who write,
 * then the day files that these tables name. No seal and no retention may run meanwhile; they would take files away.
 */
export async function copyStore(session: Session, directory: string, to: string): Promise<void> {
  await mkdir(join(to, 'readings'), { recursive: true });
  const connection = await session.instance.connect();
  try {
    const current = await connection.runAndReadAll('SELECT current_database()');
    const source = identifier(String(current.getRows()[0]?.[0]));
    await connection.run(`ATTACH ${literal(join(to, 'open.duckdb'))} AS ${COPY}`);
    try {
      await connection.run(`COPY FROM DATABASE ${source} TO ${COPY}`);
      const named = await connection.runAndReadAll(`SELECT DISTINCT file FROM ${COPY}.sealed`);
      for (const [file] of named.getRows()) await copyDayFile(directory, to, String(file));
    } finally {
      // Detaching folds the copy's log into its file.
      await connection.run(`DETACH ${COPY}`);
    }
  } finally {
    connection.closeSync();
  }
}

async function copyDayFile(directory: string, to: string, file: string): Promise<void> {
  await mkdir(dirname(join(to, file)), { recursive: true });
  await copyFile(join(directory, file), join(to, file));
}
