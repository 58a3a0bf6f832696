import readXlsxFile from 'read-excel-file/universal';
import type { CellWarning, ReadSpreadsheet, Spreadsheet } from '../../core/ports/spreadsheet.ts';
import { unpackedSize } from './unpacked-size.ts';

const UNPACKED_BYTES = 24 * 1024 * 1024;
const ENTRIES = 500;
const ROWS = 20_001;
const COLUMNS = 100;
const WARNINGS = 1_000;
const DAY_MS = 86_400_000;

export const readXlsx: ReadSpreadsheet = async (file, sheet): Promise<Spreadsheet> => {
  const size = unpackedSize(file, UNPACKED_BYTES, ENTRIES);
  if (size !== 'fits') return { fault: size === 'too_large' ? 'too_large' : 'not_a_spreadsheet' };
  const all = await readXlsxFile(new Uint8Array(file).buffer).catch(() => null);
  if (all === null) return { fault: 'not_a_spreadsheet' };
  const sheets = all.map((one) => one.sheet);
  const found = sheet === undefined ? all[0] : all.find((one) => one.sheet === sheet);
  if (found === undefined) return { fault: 'no_such_sheet', sheets };
  if (found.data.length > ROWS) return { fault: 'too_many_rows' };
  if (found.data.some((row) => row.length > COLUMNS)) return { fault: 'too_many_columns' };
  const warnings: CellWarning[] = [];
  const rows = found.data.map((cells, row) =>
    cells.map((cell: unknown, column) => {
      const code = typeof cell === 'number' ? 'number_cell' : cell instanceof Date ? 'date_cell' : null;
      if (code !== null && warnings.length < WARNINGS) warnings.push({ row: row + 1, column, code });
      return textOf(cell);
    }),
  );
  return { sheets, sheet: found.sheet, rows, warnings };
};

/** A telephone typed as a number has all its digits: 13800001234 and not 1.38E+10. */
function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return dateText(cell.getTime());
  if (typeof cell === 'number') {
    return Number.isInteger(cell) ? BigInt(cell).toString() : String(cell);
  }
  return String(cell);
}

/** A spreadsheet's days are without a zone; a time alone is a part of its day 0. */
function dateText(at: number): string {
  const iso = new Date(at).toISOString();
  if (at % DAY_MS === 0) return iso.slice(0, 10);
  return at < Date.UTC(1901, 0, 1) ? iso.slice(11, 16) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}
