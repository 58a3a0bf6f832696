import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Complaint } from '../complaint.ts';

/** Raised when what a backup consists of changes. */
const FORMAT = 1;
const NAME = 'backup.json';

/** Stands beside the files of a backup and is written last: without it the folder is no backup. */
export interface Manifest {
  readonly format: number;
  /** The program that wrote it. */
  readonly version: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Whether the embedded readings are in it; else why not. */
  readonly readings: 'included' | string;
  /** Bytes of each file by its path in the folder. */
  readonly files: Readonly<Record<string, number>>;
}

export async function writeManifest(
  folder: string,
  facts: Omit<Manifest, 'format' | 'files'>,
): Promise<Manifest> {
  const files: Record<string, number> = {};
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length + 1)] = (await stat(path)).size;
  }
  const manifest = { format: FORMAT, ...facts, files };
  await writeFile(join(folder, NAME), JSON.stringify(manifest, null, 2), { mode: 0o600 });
  return manifest;
}

/** Reads a backup's manifest and finds every file it names with its size; complains about anything else. */
export async function checkBackup(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, NAME), 'utf8').catch((cause: unknown) => {
    throw new Complaint(`${folder} is no backup of Relight: it has no ${NAME}`, { cause });
  });
  const manifest = parse(text);
  if (manifest === null) throw new Complaint(`${join(folder, NAME)} is damaged: restore from another backup`);
  if (manifest.format > FORMAT) {
    throw new Complaint(
      `${folder} was written by a newer Relight (${manifest.version}): restore it with that one`,
    );
  }
  const faults: string[] = [];
  for (const [file, bytes] of Object.entries(manifest.files)) {
    const found = await stat(join(folder, file)).catch(() => null);
    if (found === null) faults.push(`  ${file}: missing`);
    else if (found.size !== bytes) faults.push(`  ${file}: ${found.size} bytes in place of ${bytes}`);
  }
  if (faults.length === 0) return manifest;
  throw new Complaint(
    `the backup ${folder} is damaged, nothing was changed:\n${faults.slice(0, 20).join('\n')}`,
  );
}

function parse(text: string): Manifest | null {
  try {
    const value: unknown = JSON.parse(text);
    return isManifest(value) ? value : null;
  } catch {
    return null;
  }
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const { format, version, at, readings, files } = value as Record<string, unknown>;
  if (typeof format !== 'number' || typeof files !== 'object' || files === null) return false;
  const paths = Object.entries(files).every(
    ([path, bytes]) => typeof bytes === 'number' && !path.startsWith('/') && !path.split('/').includes('..'),
  );
  return paths && [version, at, readings].every((text) => typeof text === 'string') && 'relight.db' in files;
}
