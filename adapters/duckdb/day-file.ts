import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './sql-text.ts';

export const DAY_MS = 86_400_000;

/** One site's readings of one UTC day in one Parquet file, sorted by (device, ts), without duplicates. */
export interface DayFile {
  readonly site: string;
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Relative to the store's directory. */
  readonly file: string;
  /** Columns the file has beside its key; `extra` is the map of fields without a column. */
  readonly fields: readonly string[];
  readonly readings: number;
  readonly bytes: number;
}

/** `generation` makes the name new each time, so that a reader never sees a file change under it. */
export function dayFileName(site: string, day: number, generation: number): string {
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  return join('readings', folderOf(site), `${date}.${generation}.parquet`);
}

export function generationOf(file: string): number {
  return Number(/\.(\d+)\.parquet$/.exec(file)?.[1] ?? 0);
}

/** Capitals are marked, since some file systems hold `A` and `a` to be one name; a lone dot or two is no folder. */
function folderOf(site: string): string {
  return `site=${site.replace(/[^a-z0-9_-]/g, (character) => `+${character.charCodeAt(0).toString(16)}`)}`;
}

/** The sealed days of a site that touch [fromDay, toDay]. */
export async function dayFiles(
  connection: DuckDBConnection,
  site: string,
  fromDay: number,
  toDay: number,
): Promise<readonly DayFile[]> {
  const rows = await connection.runAndReadAll(
    `SELECT site, day, file, fields, readings, bytes FROM sealed
     WHERE site = ${literal(site)} AND day BETWEEN ${fromDay} AND ${toDay} ORDER BY day`,
  );
  return rows.getRows().map(([site, day, file, fields, readings, bytes]) => ({
    site: String(site),
    day: Number(day),
    file: String(file),
    fields: String(fields)
      .split(',')
      .filter((field) => field !== ''),
    readings: Number(readings),
    bytes: Number(bytes),
  }));
}

/** Makes a finished file appear under its name with all its bytes, or not at all. */
export async function publishFile(directory: string, temporary: string, file: string): Promise<number> {
  const target = join(directory, file);
  await mkdir(dirname(target), { recursive: true });
  await sync(temporary);
  await rename(temporary, target);
  await sync(dirname(target));
  await sync(dirname(dirname(target)));
  return (await stat(target)).size;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes Parquet files that no sealed day names: a seal that was cut short. */
export async function sweepDayFiles(connection: DuckDBConnection, directory: string): Promise<number> {
  const named = new Set(
    (await connection.runAndReadAll('SELECT file FROM sealed')).getRows().map((row) => String(row[0])),
  );
  let swept = 0;
  for (const site of await readdir(join(directory, 'readings'))) {
    for (const name of await readdir(join(directory, 'readings', site))) {
      const file = join('readings', site, name);
      if (named.has(file)) continue;
      await rm(join(directory, file), { force: true });
      swept += 1;
    }
  }
  return swept;
}
