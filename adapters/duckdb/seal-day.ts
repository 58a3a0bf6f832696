import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS, type DayFile, dayFileName, dayFiles, generationOf, publishFile } from './day-file.ts';
import { rollUpDay } from './hourly-rollup.ts';
import { columnValue } from './reading-source.ts';
import { identifier, literal } from './sql-text.ts';

export interface SealResult {
  readonly readings: number;
  /** The file this one replaces, to be deleted once nobody reads it. */
  readonly replaced: string | null;
}

/**
 * Moves a site's day from the open table into a Parquet file, together with what the day's file held before.
 *
 * One transaction sees the open rows, names the file and deletes exactly those rows; the file is complete on disk
 * before it commits. Cut short anywhere, either the rows are still open and the file is swept at the next start,
 * or both are done.
 */
export async function sealDay(
  connection: DuckDBConnection,
  directory: string,
  columns: readonly string[],
  site: string,
  day: number,
): Promise<SealResult> {
  const temporary = join(directory, 'tmp', 'seal.parquet');
  await connection.run('BEGIN');
  try {
    const previous = (await dayFiles(connection, site, day, day))[0];
    const fields = await usedFields(connection, columns, site, day, previous);
    await connection.run(
      `COPY (${mergedDay(directory, columns, fields, site, day, previous)})
       TO ${literal(temporary)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    const file = dayFileName(site, day, previous === undefined ? 1 : generationOf(previous.file) + 1);
    const bytes = await publishFile(directory, temporary, file);
    const readings = await countReadings(connection, join(directory, file));

    await connection.run(`DELETE FROM sealed WHERE site = ${literal(site)} AND day = ${day}`);
    await connection.run(
      `INSERT INTO sealed VALUES (${literal(site)}, ${day}, ${literal(file)}, ${literal(fields.join(','))}, ${readings}, ${bytes})`,
    );
    await rollUpDay(connection, join(directory, file), fields, site, day);
    await connection.run(`DELETE FROM open_readings WHERE ${openRowsOf(site, day)}`);
    await connection.run('COMMIT');
    return { readings, replaced: previous?.file ?? null };
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

function openRowsOf(site: string, day: number): string {
  return `ref IN (SELECT ref FROM refs WHERE site = ${literal(site)}) AND ts >= ${day * DAY_MS} AND ts < ${(day + 1) * DAY_MS}`;
}

async function usedFields(
  connection: DuckDBConnection,
  columns: readonly string[],
  site: string,
  day: number,
  previous: DayFile | undefined,
): Promise<readonly string[]> {
  const all = [...columns, 'extra'];
  const counts = all.map((column) => (column === 'extra' ? 'count(extra)' : `count(${columnValue(column)})`));
  const found = await connection.runAndReadAll(
    `SELECT ${counts.join(', ')} FROM open_readings WHERE ${openRowsOf(site, day)}`,
  );
  const row = found.getRows()[0] ?? [];
  return all.filter((column, index) => Number(row[index]) > 0 || previous?.fields.includes(column) === true);
}

function mergedDay(
  directory: string,
  columns: readonly string[],
  fields: readonly string[],
  site: string,
  day: number,
  previous: DayFile | undefined,
): string {
  const names = fields.map(identifier).join(', ');
  const comma = fields.length === 0 ? '' : ', ';
  const opened = fields.map((field) => `${openColumn(field, columns)} AS ${identifier(field)}`).join(', ');
  const parts = [
    `SELECT device, ts, arrival, o.rowid AS turn${comma}${opened} FROM open_readings o JOIN refs USING (ref) WHERE ${openRowsOf(site, day)}`,
  ];
  if (previous !== undefined) {
    const kept = fields.map((field) =>
      previous.fields.includes(field) ? identifier(field) : `NULL AS ${identifier(field)}`,
    );
    parts.push(
      `SELECT device, ts, arrival, -1 AS turn${comma}${kept.join(', ')} FROM read_parquet(${literal(join(directory, previous.file))})`,
    );
  }
  return `SELECT ${literal(site)} AS site, device, ts, arrival${comma}${names} FROM (${parts.join(' UNION ALL ')})
    QUALIFY row_number() OVER (PARTITION BY device, ts ORDER BY arrival DESC, turn DESC) = 1
    ORDER BY device, ts`;
}

function openColumn(field: string, columns: readonly string[]): string {
  if (field === 'extra') return 'extra';
  return columns.includes(field) ? columnValue(field) : 'NULL';
}

async function countReadings(connection: DuckDBConnection, file: string): Promise<number> {
  const rows = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet(${literal(file)})`);
  return Number(rows.getRows()[0]?.[0]);
}
