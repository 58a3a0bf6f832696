import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { serveWorker } from '../thread/worker-server.ts';
import { COPY_EXISTS, NEWER_BACKUP, NOT_A_BACKUP } from './fault-codes.ts';
import { lockFile, openFile } from './libsql-files.ts';

/** A backup reads a snapshot; it only has to outwait a checkpoint. */
const BUSY_TIMEOUT_MS = 10_000;

const procedures = {
  /** Copies `file` while others write; `to` appears whole, checked and durable, or not at all. */
  backup: ({ file, to }: { readonly file: string; readonly to: string }): void => {
    if (existsSync(to)) throw fault(COPY_EXISTS);
    if (!existsSync(file)) throw fault('ENOENT');
    const half = `${to}.part`;
    rmSync(half, { force: true });
    const source = openFile(file, BUSY_TIMEOUT_MS);
    try {
      source.prepare('vacuum into ?').run([half]);
    } finally {
      source.close();
    }
    check(half);
    durable(half);
    renameSync(half, to);
    durable(dirname(to));
  },

  /** Puts a checked copy of `from` in the place of `file`; what stood there is kept as `<file>.replaced`. */
  restore: ({
    from,
    file,
    newest,
  }: {
    readonly from: string;
    readonly file: string;
    readonly newest: number;
  }): void => {
    if (check(from) > newest) throw fault(NEWER_BACKUP);
    const lock = lockFile(file);
    try {
      const half = `${file}.part`;
      copyFileSync(from, half);
      durable(half);
      // The write-ahead log belongs to the old file and would corrupt the new one.
      for (const part of ['', '-wal', '-shm']) {
        if (existsSync(file + part)) renameSync(file + part, `${file}.replaced${part}`);
        else rmSync(`${file}.replaced${part}`, { force: true });
      }
      renameSync(half, file);
      durable(dirname(file));
    } finally {
      lock.close();
    }
  },
};
export type BackupProcedures = typeof procedures;

/** Refuses a damaged file and anything that is not ours; answers its schema version. */
function check(file: string): number {
  if (!existsSync(file)) throw fault(NOT_A_BACKUP);
  const copy = openFile(file, BUSY_TIMEOUT_MS);
  try {
    const [verdict] = copy.pragma('integrity_check') as { integrity_check: string }[];
    if (verdict?.integrity_check !== 'ok') throw fault(NOT_A_BACKUP);
    const [row] = copy.prepare('select max(id) as version from migration').all([]) as {
      version: number | null;
    }[];
    if (row === undefined || row.version === null) throw fault(NOT_A_BACKUP);
    return row.version;
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'SQLITE_ERROR'
      ? fault(NOT_A_BACKUP)
      : error;
  } finally {
    copy.close();
  }
}

/** Waits until the disk has the file, or the folder's list of files. */
function durable(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code });
}

serveWorker(procedures);
