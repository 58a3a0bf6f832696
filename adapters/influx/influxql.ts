import type { HistoryBucket, HistoryQuery } from '../../core/ports/reading-store.ts';
import { type HistoryGrid, historyGrid } from '../../core/readings/history-grid.ts';
import type { Instant } from '../../core/units/time.ts';
import { ARRIVAL_FIELD, MEASUREMENT, storedName } from './line-protocol.ts';

/** A string as an InfluxQL literal. */
export function literal(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}

/** A name as a quoted InfluxQL identifier. */
export function identifier(name: string): string {
  return `"${name.replace(/[\\"]/g, (character) => `\\${character}`)}"`;
}

export function historyQuery(query: HistoryQuery, grid: HistoryGrid): string {
  const values = query.fields.map((field, index) => {
    const name = identifier(storedName(field));
    return `, min(${name}) AS low${index}, max(${name}) AS high${index}, mean(${name}) AS mean${index}`;
  });
  return (
    `SELECT count(${identifier(ARRIVAL_FIELD)}) AS readings${values.join('')} FROM ${identifier(MEASUREMENT)} ` +
    `WHERE "site" = ${literal(query.site)} AND "device" = ${literal(query.device)} AND ${range(query.from, query.to)} ` +
    `GROUP BY time(${grid.width_ms}ms, ${grid.origin % grid.width_ms}ms) fill(none)`
  );
}

export function countQuery(site: string, from: Instant, to: Instant): string {
  return (
    `SELECT count(${identifier(ARRIVAL_FIELD)}) AS readings FROM ${identifier(MEASUREMENT)} ` +
    `WHERE "site" = ${literal(site)} AND ${range(from, to)}`
  );
}

export function deleteQuery(site: string, before: Instant): string {
  return `DELETE FROM ${identifier(MEASUREMENT)} WHERE "site" = ${literal(site)} AND time < ${Math.floor(before)}ms`;
}

function range(from: Instant, to: Instant): string {
  return `time >= ${Math.ceil(from)}ms AND time < ${Math.ceil(to)}ms`;
}

/** Rows of the first series of an answer to /query with `epoch=ms`; an error inside the answer is thrown. */
export function rowsOf(answer: unknown): readonly (readonly unknown[])[] {
  const result = first(property(answer, 'results'));
  const error = property(result, 'error') ?? property(answer, 'error');
  if (error !== undefined) throw new InfluxqlError(String(error));
  const values = property(first(property(result, 'series')), 'values');
  return Array.isArray(values) ? values.filter((row) => Array.isArray(row)) : [];
}

/** What the server says about a statement, inside an answer with status 200. */
export class InfluxqlError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InfluxqlError';
  }
}

export function bucketsOf(
  rows: readonly (readonly unknown[])[],
  query: HistoryQuery,
): readonly HistoryBucket[] {
  return rows.map((row) => {
    const every = (offset: number) =>
      query.fields.map((_, index) => numberOrNull(row[2 + 3 * index + offset]));
    return {
      at: Math.max(query.from, Number(row[0])),
      count: Number(row[1]),
      min: every(0),
      max: every(1),
      mean: every(2),
    };
  });
}

export function gridOf(query: HistoryQuery): HistoryGrid {
  return historyGrid(query.from, query.to, query.buckets);
}

export function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
