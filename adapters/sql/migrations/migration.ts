/** How the two databases spell the three column types. Text compares by code point, so that cursors mean the same in both. */
export interface ColumnTypes {
  readonly text: string;
  readonly int: string;
  readonly real: string;
}

/** One forward step of the schema. Once released it is never edited: its checksum is recorded where it ran. */
export interface Migration {
  readonly id: number;
  readonly name: string;
  statements(types: ColumnTypes): readonly string[];
}

export const SQLITE_TYPES: ColumnTypes = { text: 'text', int: 'integer', real: 'real' };
export const POSTGRES_TYPES: ColumnTypes = {
  text: 'text collate "C"',
  int: 'bigint',
  real: 'double precision',
};
