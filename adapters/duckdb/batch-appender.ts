import {
  BIGINT,
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBMapValue,
  INTEGER,
  MAP,
  VARCHAR,
} from '@duckdb/node-api';
import type { ReadingBatch } from '../../core/ports/reading-store.ts';
import type { DeviceRefs } from './device-refs.ts';
import { KEY_COLUMNS } from './layout.ts';

/** What a DuckDB vector holds. */
const CHUNK_ROWS = 2048;

const NO_VALUES = new Float64Array(0);

export interface BatchAppender {
  /** Appends and commits; the batch is on disk when it resolves. */
  append(batch: ReadingBatch): Promise<void>;
  close(): void;
}

/**
 * Copies batches column by column into one chunk that is used again and again. Columns of fields never seen
 * keep the nulls they were made with; in others NaN stands for absent, which every query and the seal turn into
 * null: marking nulls row by row costs ten times as much.
 */
export async function createBatchAppender(
  connection: DuckDBConnection,
  columns: readonly string[],
  refs: DeviceRefs,
): Promise<BatchAppender> {
  const appender = await connection.createAppender('open_readings');
  const refAppender = await connection.createAppender('refs');
  const columnOf = new Map(columns.map((field, index) => [field, KEY_COLUMNS + index]));
  const extraColumn = KEY_COLUMNS + columns.length;
  const chunk = createNullChunk(columns.length);
  const touched = new Set<number>();
  let extraTouched = false;

  function fillChunk(batch: ReadingBatch, refOf: readonly number[], from: number, rows: number): void {
    chunk.rowCount = rows;
    fillKeys(chunk, batch, refOf, from, rows);

    const filled = new Set<number>();
    const extras: [string, Float64Array][] = [];
    for (const [index, field] of batch.fields.entries()) {
      const values = batch.values[index] ?? NO_VALUES;
      const column = columnOf.get(field);
      if (column === undefined) {
        extras.push([field, values]);
        continue;
      }
      fillColumn(chunk, column, values, from, rows);
      filled.add(column);
      touched.add(column);
    }
    for (const column of touched) if (!filled.has(column)) fillAbsent(chunk, column, rows);

    if (extras.length > 0 || extraTouched) fillExtras(chunk, extraColumn, extras, from, rows);
    extraTouched ||= extras.length > 0;
  }

  return {
    async append(batch) {
      const refOf = batch.devices.map(({ site, device }) => refs.give(site, device));
      await connection.run('BEGIN');
      appendRefs(refAppender, refs.fresh);
      for (let from = 0; from < batch.ts.length; from += CHUNK_ROWS) {
        fillChunk(batch, refOf, from, Math.min(CHUNK_ROWS, batch.ts.length - from));
        appender.appendDataChunk(chunk);
      }
      appender.flushSync();
      await connection.run('COMMIT');
    },
    close() {
      appender.clear();
      appender.closeSync();
      refAppender.clear();
      refAppender.closeSync();
    },
  };
}

function createNullChunk(fields: number): DuckDBDataChunk {
  const types = [
    INTEGER,
    BIGINT,
    BIGINT,
    ...Array.from({ length: fields }, () => DOUBLE),
    MAP(VARCHAR, DOUBLE),
  ];
  const chunk = DuckDBDataChunk.create(types, CHUNK_ROWS);
  for (let column = KEY_COLUMNS; column < types.length; column += 1) {
    const vector = chunk.getColumnVector(column);
    for (let row = 0; row < CHUNK_ROWS; row += 1) vector.setItem(row, null);
    vector.flush();
  }
  return chunk;
}

function fillKeys(
  chunk: DuckDBDataChunk,
  batch: ReadingBatch,
  refOf: readonly number[],
  from: number,
  rows: number,
): void {
  const ref = chunk.getColumnVector(0);
  const ts = chunk.getColumnVector(1);
  const arrival = chunk.getColumnVector(2);
  for (let row = 0; row < rows; row += 1) {
    ref.setItem(row, refOf[batch.device[from + row] ?? 0] ?? 0);
    ts.setItem(row, BigInt(Math.floor(batch.ts[from + row] ?? 0)));
    arrival.setItem(row, BigInt(Math.floor(batch.arrival[from + row] ?? 0)));
  }
  ref.flush();
  ts.flush();
  arrival.flush();
}

function fillColumn(
  chunk: DuckDBDataChunk,
  column: number,
  values: Float64Array,
  from: number,
  rows: number,
): void {
  const vector = chunk.getColumnVector(column);
  for (let row = 0; row < rows; row += 1) {
    const value = values[from + row] ?? Number.NaN;
    vector.setItem(row, Number.isFinite(value) ? value : Number.NaN);
  }
  vector.flush();
}

function fillAbsent(chunk: DuckDBDataChunk, column: number, rows: number): void {
  const vector = chunk.getColumnVector(column);
  for (let row = 0; row < rows; row += 1) vector.setItem(row, Number.NaN);
  vector.flush();
}

function fillExtras(
  chunk: DuckDBDataChunk,
  column: number,
  extras: readonly [string, Float64Array][],
  from: number,
  rows: number,
): void {
  const vector = chunk.getColumnVector(column);
  for (let row = 0; row < rows; row += 1) {
    const entries = extras
      .map(([key, values]) => ({ key, value: values[from + row] ?? Number.NaN }))
      .filter(({ value }) => Number.isFinite(value));
    vector.setItem(row, entries.length === 0 ? null : new DuckDBMapValue(entries));
  }
  vector.flush();
}

function appendRefs(appender: DuckDBAppender, fresh: DeviceRefs['fresh']): void {
  if (fresh.length === 0) return;
  for (const [ref, site, device] of fresh) {
    appender.appendInteger(ref);
    appender.appendVarchar(site);
    appender.appendVarchar(device);
    appender.endRow();
  }
  appender.flushSync();
}
