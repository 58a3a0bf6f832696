import { join } from 'node:path';
import type { DayFile } from './day-file.ts';
import { fileList, identifier, literal } from './sql-text.ts';

/** What is in the open table: NaN there means absent. */
export function columnValue(column: string): string {
  return `nullif(${identifier(column)}, 'nan'::DOUBLE)`;
}

export interface ReadingSource {
  readonly directory: string;
  readonly columns: readonly string[];
  readonly files: readonly DayFile[];
  readonly device: string;
  /** Undefined: the device has no number, hence no open rows. */
  readonly ref: number | undefined;
  readonly fields: readonly string[];
  /** SQL over `ts` that says which rows count. */
  readonly openWhen: string;
  readonly filesWhen: string;
}

/** One device's readings as (ts, v0, v1, …) from files and open table, each instant once: the later arrival. */
export function readingsOf(source: ReadingSource): string {
  const parts: string[] = [];
  if (source.ref !== undefined) {
    const values = source.fields.map((field, index) => `${openValue(field, source.columns)} AS v${index}`);
    parts.push(
      `SELECT ${['ts', 'arrival', 'rowid AS turn', ...values].join(', ')} FROM open_readings
       WHERE ref = ${source.ref} AND (${source.openWhen})`,
    );
  }
  for (const [fields, files] of groupByFields(source.files)) {
    const values = source.fields.map((field, index) => `${fileValue(field, fields)} AS v${index}`);
    parts.push(
      `SELECT ${['ts', 'arrival', '-1 AS turn', ...values].join(', ')}
       FROM read_parquet(${fileList(files.map((file) => join(source.directory, file.file)))})
       WHERE device = ${literal(source.device)} AND (${source.filesWhen})`,
    );
  }
  if (parts.length === 0) parts.push(emptySource(source.fields));
  return `SELECT * FROM (${parts.join(' UNION ALL ')})
    QUALIFY row_number() OVER (PARTITION BY ts ORDER BY arrival DESC, turn DESC) = 1`;
}

function openValue(field: string, columns: readonly string[]): string {
  const fromMap = `extra[${literal(field)}]`;
  return columns.includes(field) ? `coalesce(${columnValue(field)}, ${fromMap})` : fromMap;
}

/** A field that got its column later is still in the map of older files. */
function fileValue(field: string, fields: readonly string[]): string {
  const fromMap = fields.includes('extra') ? `extra[${literal(field)}]` : 'NULL::DOUBLE';
  return field !== 'extra' && fields.includes(field) ? `coalesce(${identifier(field)}, ${fromMap})` : fromMap;
}

function groupByFields(
  files: readonly DayFile[],
): readonly (readonly [readonly string[], readonly DayFile[]])[] {
  const groups = new Map<string, DayFile[]>();
  for (const file of files) {
    const key = file.fields.join(',');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file]);
    else group.push(file);
  }
  return [...groups.values()].map((group) => [group[0]?.fields ?? [], group]);
}

function emptySource(fields: readonly string[]): string {
  const values = fields.map((_, index) => `NULL::DOUBLE AS v${index}`);
  return `SELECT ${['0 AS ts', '0 AS arrival', '0 AS turn', ...values].join(', ')} WHERE false`;
}
