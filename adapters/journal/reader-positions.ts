import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../core/ports/logger.ts';

const SAVE_INTERVAL_MS = 1_000;

/** Where each named reader stands, kept in `readers.json`. Readers are idempotent, so a position a second old is safe. */
export interface ReaderPositions {
  get(reader: string): number;
  /** Of all readers the one furthest behind. */
  least(): number;
  set(reader: string, position: number): void;
  /** Writes what has not been written yet. */
  save(): Promise<void>;
}

export async function openReaderPositions(
  directory: string,
  readers: readonly string[],
  log: Logger,
): Promise<ReaderPositions> {
  const path = join(directory, 'readers.json');
  const saved = await readSaved(path, log);
  // A reader this program does not have any more must not hold the journal for ever; one it never had begins at 0.
  const positions = new Map(readers.map((reader) => [reader, saved.get(reader) ?? 0]));
  let dirty = false;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (!dirty) return;
    dirty = false;
    try {
      await writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(positions)), { mode: 0o600 });
      await rename(`${path}.new`, path);
    } catch (cause) {
      dirty = true;
      log.warn('journal reader positions could not be written; trying again', { path, cause });
    }
  }

  function save(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    writing = writing.then(write);
    return writing;
  }

  function get(reader: string): number {
    const position = positions.get(reader);
    if (position !== undefined) return position;
    throw new RangeError(`the journal was opened without a reader called ${reader}`);
  }

  return {
    get,
    least: () => Math.min(...positions.values()),
    set(reader, position) {
      if (position <= get(reader)) return;
      positions.set(reader, position);
      dirty = true;
      if (timer === null) {
        timer = setTimeout(() => {
          timer = null;
          void save();
        }, SAVE_INTERVAL_MS);
        timer.unref();
      }
    },
    save,
  };
}

async function readSaved(path: string, log: Logger): Promise<Map<string, number>> {
  const saved = new Map<string, number>();
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return saved;
  }
  try {
    const value: unknown = JSON.parse(text);
    for (const [reader, position] of Object.entries(value ?? {})) {
      if (typeof position === 'number' && Number.isSafeInteger(position) && position >= 0)
        saved.set(reader, position);
    }
  } catch (cause) {
    log.warn('journal reader positions were unreadable; readers begin again at the oldest record', {
      path,
      cause,
    });
  }
  return saved;
}
