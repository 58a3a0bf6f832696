import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';

/** Bytes in use: blocks DuckDB would reuse do not count, since retention frees them without shrinking the file. */
export async function bytesInUse(connection: DuckDBConnection, directory: string): Promise<number> {
  const rows = await connection.runAndReadAll(
    `SELECT (block_size * used_blocks)::DOUBLE, (SELECT coalesce(sum(bytes), 0)::DOUBLE FROM sealed) FROM pragma_database_size()`,
  );
  const [tables, files] = rows.getRows()[0] ?? [];
  return Number(tables) + Number(files) + sizeOf(join(directory, 'open.duckdb.wal'));
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
