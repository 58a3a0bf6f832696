/** One thing wrong in the list; `row` counts as a spreadsheet does, the headings being row 1. */
export interface ImportFault {
  readonly row: number;
  readonly column: string;
  readonly code: string;
}
