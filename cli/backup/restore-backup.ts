import { cp, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { restoreSqlite } from '../../adapters/sql/sqlite-backup.ts';
import { Complaint } from '../complaint.ts';
import { checkBackup, type Manifest } from './manifest.ts';

export interface Restoring {
  readonly dataDirectory: string;
  /** Keeps a data folder that is not empty beside the restored one; without it such a folder is refused. */
  readonly replace: boolean;
  readonly stamp: string;
  tell(line: string): void;
}

/** Puts a checked backup in the place of the data folder. Until the last rename nothing that was there is touched. */
export async function restoreBackup(from: string, how: Restoring): Promise<Manifest> {
  const { dataDirectory, tell } = how;
  const manifest = await checkBackup(from);
  const old = await namesIn(dataDirectory);
  if (old.length > 0 && !how.replace) {
    throw new Complaint(
      `the data folder ${dataDirectory} is not empty: set DATA_DIR to another, or use --replace, which keeps the old one beside it`,
    );
  }
  const half = `${dataDirectory}.restoring-${process.pid}`;
  try {
    tell(`checking and copying the backup of ${manifest.at}, written by version ${manifest.version}`);
    await mkdir(half, { recursive: true, mode: 0o700 });
    await restoreSqlite(join(from, 'relight.db'), join(half, 'relight.db'));
    await rm(join(half, 'relight.db.lock'), { force: true });
    for (const name of await readdir(from)) {
      if (name === 'relight.db' || name === 'backup.json') continue;
      await cp(join(from, name), join(half, name), { recursive: true, preserveTimestamps: true });
    }
    if (old.length > 0) {
      const aside = `${dataDirectory}.replaced-${how.stamp}`;
      await rename(dataDirectory, aside).catch((cause: NodeJS.ErrnoException) => {
        throw new Complaint(
          `${dataDirectory} cannot be moved aside (${cause.code}); is it a mount? Restore into another folder with DATA_DIR`,
          { cause },
        );
      });
      tell(`what was there is kept in ${aside}`);
    } else {
      await rmdir(dataDirectory).catch(() => undefined);
    }
    await rename(half, dataDirectory);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  return manifest;
}

async function namesIn(directory: string): Promise<string[]> {
  return await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}
