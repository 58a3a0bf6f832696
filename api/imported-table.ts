import type { ImportBody } from '../contracts/http/people.ts';
import { readCsv } from '../contracts/premises-import/csv.ts';
import type { ImportFault } from '../contracts/premises-import/import-fault.ts';
import { warningsIn } from '../contracts/premises-import/table.ts';
import type { ReadSpreadsheet } from '../core/ports/spreadsheet.ts';
import { Refused } from './errors.ts';

export interface ImportedTable {
  readonly rows: readonly (readonly string[])[];
  readonly view: {
    readonly sheets: string[];
    readonly sheet: string | null;
    readonly warnings: ImportFault[];
  };
}

/** The rows of the list a request carries. */
export async function importedTable(
  { csv, xlsx, sheet }: ImportBody,
  readSpreadsheet: ReadSpreadsheet,
  columnOf: (heading: string) => string | undefined,
  ids: ReadonlySet<string>,
): Promise<ImportedTable> {
  if ((csv === undefined) === (xlsx === undefined)) {
    throw new Refused('invalid_request', { errors: [{ path: '/body', code: 'csv_or_xlsx' }] });
  }
  if (xlsx === undefined) {
    const read = readCsv(csv ?? '');
    if ('fault' in read) throw invalid(`/rows/${read.line}`, read.fault);
    return { rows: read.rows, view: { sheets: [], sheet: null, warnings: [] } };
  }
  const read = await readSpreadsheet(Buffer.from(xlsx, 'base64'), sheet);
  if ('fault' in read) {
    const path = read.fault === 'no_such_sheet' ? '/body/sheet' : '/body/xlsx';
    throw invalid(path, read.fault);
  }
  const warnings = [...warningsIn(read.rows, read.warnings, columnOf, ids)];
  return { rows: read.rows, view: { sheets: [...read.sheets], sheet: read.sheet, warnings } };
}

export function faultsOf(faults: readonly ImportFault[]): Refused {
  const errors = faults.map(({ row, column, code }) => ({ path: `/rows/${row}/${column}`, code }));
  return new Refused('import_invalid', { errors });
}

function invalid(path: string, code: string): Refused {
  return new Refused('import_invalid', { errors: [{ path, code }] });
}
