import Libsql from 'libsql';
import { IN_USE } from './fault-codes.ts';

/** libsql reports a file it cannot open without a code; everything after that carries SQLite's. */
export function openFile(file: string, busyTimeout_ms: number): Libsql.Database {
  try {
    return new Libsql(file, { timeout: busyTimeout_ms });
  } catch (cause) {
    throw Object.assign(new Error(`cannot open ${file}`, { cause }), { code: 'SQLITE_CANTOPEN' });
  }
}

/** Opened for reading and writing with the promises this house makes. */
export function openDatabase(file: string, busyTimeout_ms: number): Libsql.Database {
  const database = openFile(file, busyTimeout_ms);
  // FULL: an acknowledged transaction survives a power cut, not only a crash of the process.
  for (const pragma of [
    'journal_mode=WAL',
    'synchronous=FULL',
    'foreign_keys=ON',
    `busy_timeout=${busyTimeout_ms}`,
  ]) {
    database.pragma(pragma);
  }
  return database;
}

/**
 * Held by the one process that works on the database, so that nobody restores over a running server. It is a
 * kernel lock on `<file>.lock` and ends with the process, however that dies.
 */
export function lockFile(file: string): Libsql.Database {
  const lock = openFile(`${file}.lock`, 0);
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    throw isBusy(error) ? Object.assign(new Error('in use'), { code: IN_USE }) : error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
}
