import type { DuckDBConnection } from '@duckdb/node-api';

/** Fields of DESIGN 4.2 with a column of their own; any other field lives in the map `extra`. */
// biome-ignore format: grouped by what is measured
const standardFields = [
  'voltage', 'voltage_a', 'voltage_b', 'voltage_c', 'voltage_ab', 'voltage_bc', 'voltage_ca',
  'current', 'current_a', 'current_b', 'current_c', 'current_n',
  'power', 'power_a', 'power_b', 'power_c', 'reactive_power', 'apparent_power',
  'energy', 'energy_export', 'frequency',
  'power_factor', 'power_factor_a', 'power_factor_b', 'power_factor_c',
  'temperature', 'humidity', 'battery', 'rssi', 'relay', 'running',
];

/** Raised when a table changes shape; a database from a newer program is refused. */
export const LAYOUT_VERSION = 1;

/** Columns before the fields in `open_readings`; `ref` points into `refs`. */
export const KEY_COLUMNS = 3;

/**
 * No key, no index, no ALTER anywhere: those are what DuckDB's log replay fails on.
 * `sealed` decides which Parquet files count; a file it does not name is left over from a crash.
 * `hourly` holds one row per device, hour and field of sealed days; the field '' counts readings.
 */
const tables = [
  'CREATE TABLE layout (version INTEGER)',
  'CREATE TABLE refs (ref INTEGER, site VARCHAR, device VARCHAR)',
  `CREATE TABLE open_readings (ref INTEGER, ts BIGINT, arrival BIGINT,
     ${standardFields.map((field) => `${field} DOUBLE`).join(', ')}, extra MAP(VARCHAR, DOUBLE))`,
  'CREATE TABLE sealed (site VARCHAR, day INTEGER, file VARCHAR, fields VARCHAR, readings BIGINT, bytes BIGINT)',
  'CREATE TABLE hourly (ref INTEGER, field VARCHAR, hour INTEGER, lowest DOUBLE, highest DOUBLE, total DOUBLE, readings INTEGER)',
];

export async function createTables(connection: DuckDBConnection): Promise<void> {
  await connection.run('BEGIN');
  for (const table of tables) await connection.run(table);
  await connection.run(`INSERT INTO layout VALUES (${LAYOUT_VERSION})`);
  await connection.run('COMMIT');
  await connection.run('CHECKPOINT');
}

/** Null when the database is empty. */
export async function layoutVersion(connection: DuckDBConnection): Promise<number | null> {
  const tables = await connection.runAndReadAll("SELECT 1 FROM duckdb_tables() WHERE table_name = 'layout'");
  if (tables.currentRowCount === 0) return null;
  const rows = (await connection.runAndReadAll('SELECT max(version) FROM layout')).getRows();
  return Number(rows[0]?.[0]);
}

/** The field columns this database really has: one made by an older program keeps newer fields in `extra`. */
export async function fieldColumns(connection: DuckDBConnection): Promise<readonly string[]> {
  const rows = await connection.runAndReadAll(
    "SELECT column_name FROM duckdb_columns() WHERE table_name = 'open_readings' ORDER BY column_index",
  );
  return rows
    .getRows()
    .map((row) => String(row[0]))
    .slice(KEY_COLUMNS, -1);
}
