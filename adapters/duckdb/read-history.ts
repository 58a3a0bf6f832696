import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { HistoryBucket, HistoryQuery } from '../../core/ports/reading-store.ts';
import { type HistoryGrid, historyGrid } from '../../core/readings/history-grid.ts';
import { DAY_MS, type DayFile, dayFiles } from './day-file.ts';
import type { DeviceRefs } from './device-refs.ts';
import { HOUR_MS } from './hourly-rollup.ts';
import { readingsOf } from './reading-source.ts';
import { literal } from './sql-text.ts';

export interface Snapshot {
  /** Inside a transaction, so that a seal between two statements is not seen. */
  readonly connection: DuckDBConnection;
  readonly directory: string;
  readonly columns: readonly string[];
  readonly refs: DeviceRefs;
}

/** Roll-ups answer whole hours of sealed days, the readings themselves everything else. */
export async function readHistory(
  snapshot: Snapshot,
  query: HistoryQuery,
): Promise<readonly HistoryBucket[]> {
  if (query.to <= query.from) return [];
  const grid = historyGrid(query.from, query.to, query.buckets);
  const ref = snapshot.refs.find(query.site, query.device);
  if (ref === undefined) return [];
  const files = await dayFiles(
    snapshot.connection,
    query.site,
    Math.floor(query.from / DAY_MS),
    Math.floor((query.to - 1) / DAY_MS),
  );
  const parts =
    grid.width_ms < HOUR_MS
      ? [rawPart(snapshot, query, grid, ref, files, 'true')]
      : await hourlyParts(snapshot, query, grid, ref, files);
  const rows = await snapshot.connection.runAndReadAll(combine(query.fields.length, parts));
  return rows.getRows().map((row) => toBucket(row, query, grid));
}

async function hourlyParts(
  snapshot: Snapshot,
  query: HistoryQuery,
  grid: HistoryGrid,
  ref: number,
  files: readonly DayFile[],
): Promise<readonly string[]> {
  const late = await openDays(snapshot.connection, ref, query);
  const rolled = files.filter((file) => !late.has(file.day));
  if (rolled.length === 0) return [rawPart(snapshot, query, grid, ref, files, 'true')];

  const firstHour = Math.ceil(query.from / HOUR_MS);
  const endHour = Math.floor(query.to / HOUR_MS);
  const rolledDays = rolled.map((file) => file.day);
  const edges = `ts < ${firstHour * HOUR_MS} OR ts >= ${endHour * HOUR_MS} OR (ts // ${DAY_MS}) NOT IN (${rolledDays.join(', ')})`;
  const needed = files.filter(
    (file) =>
      late.has(file.day) ||
      file.day * DAY_MS < firstHour * HOUR_MS ||
      (file.day + 1) * DAY_MS > endHour * HOUR_MS,
  );
  return [
    rawPart(snapshot, query, grid, ref, needed, edges),
    ...rollUpParts(
      query,
      grid,
      ref,
      `hour >= ${firstHour} AND hour < ${endHour} AND (hour // 24) IN (${rolledDays.join(', ')})`,
    ),
  ];
}

async function openDays(
  connection: DuckDBConnection,
  ref: number,
  query: HistoryQuery,
): Promise<ReadonlySet<number>> {
  const rows = await connection.runAndReadAll(
    `SELECT DISTINCT (ts // ${DAY_MS})::INTEGER FROM open_readings WHERE ref = ${ref} AND ts >= ${query.from} AND ts < ${query.to}`,
  );
  return new Set(rows.getRows().map((row) => Number(row[0])));
}

function rawPart(
  snapshot: Snapshot,
  query: HistoryQuery,
  grid: HistoryGrid,
  ref: number,
  files: readonly DayFile[],
  filesWhen: string,
): string {
  const range = `ts >= ${query.from} AND ts < ${query.to}`;
  const source = readingsOf({
    ...snapshot,
    files,
    device: query.device,
    ref,
    fields: query.fields,
    openWhen: range,
    filesWhen: `${range} AND (${filesWhen})`,
  });
  const values = query.fields.map(
    (_, index) =>
      `min(v${index}) AS low${index}, max(v${index}) AS high${index}, sum(v${index}) AS sum${index}, count(v${index}) AS n${index}`,
  );
  return `SELECT ${['(ts - {origin}) // {width} AS bucket', 'count(*) AS readings', ...values].join(', ')} FROM (${source}) GROUP BY 1`
    .replace('{origin}', String(grid.origin))
    .replace('{width}', String(grid.width_ms));
}

function rollUpParts(query: HistoryQuery, grid: HistoryGrid, ref: number, hours: string): readonly string[] {
  const names = ['', ...query.fields].map(literal).join(', ');
  const values = query.fields.map((field, index) => {
    const mine = `FILTER (WHERE field = ${literal(field)})`;
    return `min(lowest) ${mine} AS low${index}, max(highest) ${mine} AS high${index}, sum(total) ${mine} AS sum${index}, coalesce(sum(readings) ${mine}, 0) AS n${index}`;
  });
  const readings = `coalesce(sum(readings) FILTER (WHERE field = ''), 0) AS readings`;
  return [
    `SELECT ${[`(hour * ${HOUR_MS}::BIGINT - ${grid.origin}) // ${grid.width_ms} AS bucket`, readings, ...values].join(', ')}
     FROM hourly WHERE ref = ${ref} AND field IN (${names}) AND ${hours} GROUP BY 1`,
  ];
}

function combine(fields: number, parts: readonly string[]): string {
  const values = Array.from(
    { length: fields },
    (_, index) => `min(low${index}), max(high${index}), sum(sum${index}) / nullif(sum(n${index}), 0)`,
  );
  return `SELECT ${['bucket', 'sum(readings)::DOUBLE', ...values].join(', ')}
    FROM (${parts.join(' UNION ALL ')}) GROUP BY bucket ORDER BY bucket`;
}

function toBucket(row: readonly DuckDBValue[], query: HistoryQuery, grid: HistoryGrid): HistoryBucket {
  const every = (offset: number) => query.fields.map((_, index) => numberOrNull(row[2 + 3 * index + offset]));
  return {
    at: Math.max(query.from, grid.origin + Number(row[0]) * grid.width_ms),
    count: Number(row[1]),
    min: every(0),
    max: every(1),
    mean: every(2),
  };
}

function numberOrNull(value: DuckDBValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
