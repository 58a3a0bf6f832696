import readXlsxFile from 'read-excel-file/node';
import writeXlsxFile from 'write-excel-file/node';
import { readCsv } from '../../../contracts/premises-import/csv.ts';
import type { FileFormat, PayoutFile } from '../../../core/ports/payout-method.ts';

export type Rows = readonly (readonly string[])[];

const MEDIA = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const satisfies Record<FileFormat, string>;

/** Every cell is text: a spreadsheet must neither round an amount nor take an id for a number or a formula. */
export async function writeSheet(name: string, rows: Rows, format: FileFormat): Promise<PayoutFile> {
  const bytes = format === 'csv' ? csvOf(rows) : await xlsxOf(rows);
  return { name: `${name}.${format}`, mediaType: MEDIA[format], bytes };
}

/** Null for what is no such file. */
export async function readSheet(bytes: Uint8Array, format: FileFormat): Promise<Rows | null> {
  if (format === 'xlsx') return readXlsx(bytes);
  const text = decoded(bytes);
  const read = text === null ? null : readCsv(text);
  return read === null || 'fault' in read ? null : read.rows.map((row) => row.map(plain));
}

/** With a byte-order mark, or spreadsheets read Chinese as something else. */
function csvOf(rows: Rows): Uint8Array {
  const lines = rows.map((row) => row.map(quoted).join(','));
  return new TextEncoder().encode(`\uFEFF${lines.join('\r\n')}\r\n`);
}

function quoted(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The apostrophe that keeps a cell from being a formula is no part of it. */
function plain(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

async function xlsxOf(rows: Rows): Promise<Uint8Array> {
  const data = rows.map((row) => row.map((value) => ({ value, type: String, format: '@' })));
  return writeXlsxFile(data).toBuffer();
}

async function readXlsx(bytes: Uint8Array): Promise<Rows | null> {
  try {
    const rows: unknown = await readXlsxFile(Buffer.from(bytes));
    return rowsIn(rows);
  } catch {
    return null;
  }
}

function rowsIn(read: unknown): Rows | null {
  if (!Array.isArray(read)) return null;
  const [first] = read as unknown[];
  const rows: unknown = isSheet(first) ? first.data : read;
  if (!Array.isArray(rows)) return null;
  return (rows as unknown[]).flatMap((row) =>
    Array.isArray(row) ? [row.map((cell) => (cell === null ? '' : String(cell)))] : [],
  );
}

function isSheet(value: unknown): value is { readonly data: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'data' in value;
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
