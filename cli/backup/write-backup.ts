import { access, cp, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Complaint } from '../complaint.ts';
import { type Manifest, writeManifest } from './manifest.ts';
import { createStage, type Stage } from './stage.ts';

export interface BackupSource {
  readonly dataDirectory: string;
  /** Writes a consistent copy of the relational database while others use it. */
  copyDatabase(toFile: string): Promise<void>;
  /** Copies the embedded readings into an empty folder; null when a server keeps them. */
  readonly copyReadings: ((toDirectory: string) => Promise<void>) | null;
  readonly version: string;
  readonly at: string;
  /** What is being done, a line at a time. */
  tell(line: string): void;
}

/** Small files that a restored platform wants to find again. */
const BESIDES = ['demo', 'dead-letters', 'messages.log', 'reading-store'];

/**
 * Writes a backup folder that a platform resumes from. The order is what makes it whole: the journal is held fast, then the
 * snapshots of detection, then the database is copied, then the rest of the journal. So every effect the database
 * lacks is made again from the journal, and what it has already is skipped. The folder appears under its name only when it
 * is complete and on the disk.
 */
export async function writeBackup(to: string, source: BackupSource): Promise<Manifest> {
  const half = await newFolder(to);
  let stage: Stage | null = null;
  try {
    stage = await createStage(source.dataDirectory);
    await stage.keepJournal();
    await copyIfThere(
      join(source.dataDirectory, 'journal', 'readers.json'),
      join(stage.directory, 'journal', 'readers.json'),
    );
    await stage.keepSnapshots();
    source.tell('database: sites, people, incidents, ledger, messages, estimates, users, audit');
    await source.copyDatabase(join(half, 'relight.db'));
    await stage.settle();
    source.tell('journal and snapshots of detection');
    for (const folder of ['journal', 'ingest'])
      await copyIfThere(join(stage.directory, folder), join(half, folder));
    for (const name of BESIDES) await copyIfThere(join(source.dataDirectory, name), join(half, name));
    const readings = await copyReadings(half, source);
    const manifest = await writeManifest(half, { version: source.version, at: source.at, readings });
    await syncAll(half);
    await rename(half, to);
    await sync(dirname(to));
    return manifest;
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw error;
  } finally {
    await stage?.remove();
  }
}

async function newFolder(to: string): Promise<string> {
  const there = await access(to).then(
    () => true,
    () => false,
  );
  if (there) throw new Complaint(`${to} exists already: name a folder that does not`);
  return await mkdtemp(join(dirname(to), `.${basename(to)}.part-`)).catch((cause: NodeJS.ErrnoException) => {
    throw new Complaint(
      `${dirname(to)} cannot be written (${cause.code}): make it first, or choose another`,
      { cause },
    );
  });
}

async function copyReadings(half: string, source: BackupSource): Promise<Manifest['readings']> {
  if (source.copyReadings === null) {
    source.tell('readings: NOT in this backup, they are in InfluxDB; back that up with its own tools');
    return 'kept by InfluxDB';
  }
  source.tell('readings: sealed days and the open day');
  try {
    await source.copyReadings(join(half, 'readings'));
    return 'included';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await rm(join(half, 'readings'), { recursive: true, force: true });
    source.tell(`readings: NOT in this backup: ${reason}`);
    return reason;
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, preserveTimestamps: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** Children first, so that a folder's list of files is on the disk after its files. */
async function syncAll(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries.reverse()) await sync(join(entry.parentPath, entry.name));
  await sync(folder);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
