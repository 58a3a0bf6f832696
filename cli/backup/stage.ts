import { constants, copyFile, link, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const LOOK_MS = 500;
const TRIES = 10;

/** Names for files of a running server that keep them from vanishing until they are copied. */
export interface Stage {
  readonly directory: string;
  /** Keeps every segment of the journal, those still to come included, until `settle`. */
  keepJournal(): Promise<void>;
  /** Keeps the newest snapshots of detection with the sites they name. */
  keepSnapshots(): Promise<void>;
  /** Takes the last look at the journal. */
  settle(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Hard links, so it costs nothing and needs nobody's cooperation: segments only grow, snapshots are written once. It stands in
 * the data folder because links do not reach other file systems.
 */
export async function createStage(dataDirectory: string): Promise<Stage> {
  for (const name of await readdir(dataDirectory)) {
    if (name.startsWith('.backup-')) await rm(join(dataDirectory, name), { recursive: true, force: true });
  }
  const directory = await mkdtemp(join(dataDirectory, '.backup-'));
  for (const folder of ['journal', 'ingest']) await mkdir(join(directory, folder));
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> = Promise.resolve();

  function look(): Promise<unknown> {
    looking = looking.then(() => keep(dataDirectory, directory, 'journal', /\.segment$/));
    return looking;
  }

  return {
    directory,
    async keepJournal() {
      await look();
      timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
    },
    async keepSnapshots() {
      for (let tried = 1; ; tried += 1) {
        const whole = await keep(dataDirectory, directory, 'ingest', /^holder$|\.(snapshot|site)\.json$/);
        if (whole) return;
        if (tried === TRIES)
          throw new Error('the snapshots of detection changed faster than they could be kept');
        await rm(join(directory, 'ingest'), { recursive: true });
        await mkdir(join(directory, 'ingest'));
      }
    },
    async settle() {
      clearInterval(timer);
      await look();
    },
    async remove() {
      clearInterval(timer);
      await looking.catch(() => undefined);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** False when a file went between being listed and being kept. */
async function keep(from: string, to: string, folder: string, names: RegExp): Promise<boolean> {
  let whole = true;
  for (const name of await namesIn(join(from, folder))) {
    if (!names.test(name)) continue;
    const kept = await keepOne(join(from, folder, name), join(to, folder, name));
    whole &&= kept;
  }
  return whole;
}

async function keepOne(file: string, kept: string): Promise<boolean> {
  try {
    await link(file, kept);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT') return false;
    // A file system without links: a copy now is all there is.
    if (code !== 'EEXIST') await copyFile(file, kept, constants.COPYFILE_FICLONE);
  }
  return true;
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}
