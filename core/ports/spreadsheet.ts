/** Something about a cell that a person should look at, although it can be read. `row` counts from 1, `column` from 0. */
export interface CellWarning {
  readonly row: number;
  readonly column: number;
  /** `number_cell`: typed as a number, so leading zeros are gone. `date_cell`: the spreadsheet made a date of it. */
  readonly code: 'number_cell' | 'date_cell';
}

export type Spreadsheet =
  | {
      /** Names of all sheets, in order. */
      readonly sheets: readonly string[];
      /** The one that was read. */
      readonly sheet: string;
      /** Every row of it, empty ones too, as text; a number is written out in full. */
      readonly rows: readonly (readonly string[])[];
      readonly warnings: readonly CellWarning[];
    }
  | {
      readonly fault:
        | 'not_a_spreadsheet'
        | 'too_large'
        | 'too_many_rows'
        | 'too_many_columns'
        | 'no_such_sheet';
      /** With `no_such_sheet`: those there are. */
      readonly sheets?: readonly string[];
    };

/** Reads one sheet of an XLSX file, the first without `sheet`. Bounded in size, also of what is packed inside. */
export type ReadSpreadsheet = (file: Uint8Array, sheet?: string) => Promise<Spreadsheet>;
