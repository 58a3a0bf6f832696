import { StoreUnavailable } from '../../core/ports/site-store.ts';
import { ThreadError } from '../thread/thread-error.ts';
import { createWorkerClient } from '../thread/worker-client.ts';
import type { BackupProcedures } from './backup-worker.ts';
import { COPY_EXISTS, NEWER_BACKUP, NOT_A_BACKUP } from './fault-codes.ts';
import { lockFile } from './libsql-files.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { sqliteFault } from './sqlite-faults.ts';

/** Writes a consistent, checked copy of `file` to `to` while others write; rejects with StoreUnavailable. */
export async function backupSqlite(file: string, to: string): Promise<void> {
  await inThread((worker) => worker.call('backup', { file, to }), file, to);
}

/**
 * Puts the backup `from` in the place of `file`; the old database is kept beside it as `<file>.replaced`.
 * Rejects with StoreUnavailable, and changes nothing, when `from` is damaged, no database of Relight or from a
 * newer version, or while a server runs on `file`.
 */
export async function restoreSqlite(from: string, file: string): Promise<void> {
  await inThread(
    (worker) => worker.call('restore', { from, file, newest: MIGRATIONS.at(-1)?.id ?? 0 }),
    file,
    from,
  );
}

/** Whether a process works on the database just now. */
export function databaseInUse(file: string): boolean {
  try {
    lockFile(file).close();
    return false;
  } catch {
    return true;
  }
}

/** A thread and a connection of its own: transactions go on meanwhile. */
async function inThread(
  work: (worker: ReturnType<typeof createWorkerClient<BackupProcedures>>) => Promise<void>,
  file: string,
  copy: string,
): Promise<void> {
  const from = import.meta.url;
  const worker = createWorkerClient<BackupProcedures>({
    from,
    entry: './backup-worker',
    name: 'backup',
    maxInFlight: 1,
  });
  try {
    await worker.start();
    await work(worker);
  } catch (error) {
    throw backupFault(error, file, copy);
  } finally {
    await worker.stop();
  }
}

function backupFault(error: unknown, file: string, copy: string): unknown {
  const code = error instanceof ThreadError ? error.code : '';
  const refuse = (message: string) => new StoreUnavailable(message, { retryable: false, cause: error });
  if (code === COPY_EXISTS) return refuse(`${copy} exists already. Choose another name or remove it.`);
  if (code === NOT_A_BACKUP)
    return refuse(`${copy} is damaged or no backup of Relight. Nothing was changed.`);
  if (code === NEWER_BACKUP)
    return refuse(`${copy} was made by a newer Relight. Restore it with that version.`);
  if (/^E[A-Z]+$/.test(code))
    return refuse(`${copy} or ${file} cannot be read or written (${code}). Check path and rights.`);
  if (code.startsWith('SQLITE_CANTOPEN'))
    return refuse(`${copy} cannot be written. Check that its folder exists.`);
  return sqliteFault(error, file);
}
