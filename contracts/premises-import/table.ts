import type { CellWarning } from '../../core/ports/spreadsheet.ts';
import type { ImportFault } from './import-fault.ts';

/** Columns in which a number cell or a date cell may not be what was typed: names of things, and telephones. */
type NameOf = (heading: string) => string | undefined;

/** Warnings of a sheet under the names of its columns, only where they can matter. */
export function warningsIn(
  rows: readonly (readonly string[])[],
  warnings: readonly CellWarning[],
  nameOf: NameOf,
  ids: ReadonlySet<string>,
): readonly ImportFault[] {
  const [headings = []] = rows;
  return warnings.flatMap(({ row, column, code }) => {
    const name = nameOf(headings[column] ?? '');
    if (row === 1 || name === undefined) return [];
    if (code === 'number_cell' && !ids.has(name)) return [];
    return [{ row, column: name, code }];
  });
}

/** Rows that begin with `#` are remarks, such as the examples of a template; they and empty rows say nothing. */
export function isRemark(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '') || (cells[0]?.trimStart().startsWith('#') ?? false);
}

/** One row of a CSV file: cells with separators, quotes or line ends in quotes. */
export function csvRow(cells: readonly (string | number | null | undefined)[]): string {
  return cells
    .map((cell) => {
      const text = String(cell ?? '');
      return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(',');
}

/** Byte-order mark and CRLF: what spreadsheets need to take it for UTF-8. */
export function csvFile(rows: readonly (readonly (string | number | null | undefined)[])[]): string {
  return `\uFEFF${rows.map(csvRow).join('\r\n')}\r\n`;
}
