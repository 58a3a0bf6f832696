import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS } from './day-file.ts';
import { identifier, literal } from './sql-text.ts';

export const HOUR_MS = 3_600_000;
const HOURS_PER_DAY = DAY_MS / HOUR_MS;

/** Replaces the hourly roll-ups of a sealed day by those of its file. The field '' counts readings. */
export async function rollUpDay(
  connection: DuckDBConnection,
  file: string,
  fields: readonly string[],
  site: string,
  day: number,
): Promise<void> {
  const refs = `(SELECT ref, device FROM refs WHERE site = ${literal(site)})`;
  const columns = fields.filter((field) => field !== 'extra');
  const parts = [
    `SELECT device, '' AS field, hour, NULL AS lowest, NULL AS highest, NULL AS total, readings FROM hours`,
    ...columns.map(
      (field, index) =>
        `SELECT device, ${literal(field)}, hour, low${index}, high${index}, sum${index}, n${index} FROM hours WHERE n${index} > 0`,
    ),
  ];
  if (fields.includes('extra')) {
    parts.push(
      `SELECT device, entry.key, hour, min(entry.value), max(entry.value), sum(entry.value), count(*)
       FROM (SELECT device, ts // ${HOUR_MS} AS hour, unnest(map_entries(extra)) AS entry FROM read_parquet(${literal(file)}))
       GROUP BY ALL`,
    );
  }
  await connection.run(
    deleteRollUps(site, `hour >= ${day * HOURS_PER_DAY} AND hour < ${(day + 1) * HOURS_PER_DAY}`),
  );
  await connection.run(
    `INSERT INTO hourly
     WITH hours AS MATERIALIZED (
       SELECT device, ts // ${HOUR_MS} AS hour, count(*) AS readings${columns.map(aggregates).join('')}
       FROM read_parquet(${literal(file)}) GROUP BY device, ts // ${HOUR_MS})
     SELECT ref, field, hour, lowest, highest, total, readings
     FROM (${parts.join(' UNION ALL ')}) JOIN ${refs} USING (device) ORDER BY ref, field, hour`,
  );
}

export function deleteRollUps(site: string, hours: string): string {
  return `DELETE FROM hourly WHERE ref IN (SELECT ref FROM refs WHERE site = ${literal(site)}) AND ${hours}`;
}

function aggregates(field: string, index: number): string {
  const column = identifier(field);
  return `, min(${column}) AS low${index}, max(${column}) AS high${index}, sum(${column}) AS sum${index}, count(${column}) AS n${index}`;
}
