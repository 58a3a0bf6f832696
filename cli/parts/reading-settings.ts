import { join } from 'node:path';
import type { Configuration } from '../../contracts/configuration.ts';
import type { ReadingStoreSettings } from '../../ingest/store-settings.ts';

/** DuckDB's own buffers; the rest of the process lives beside it. */
const DUCKDB_MEMORY_MB = 256;

/** InfluxDB when one is configured, else DuckDB in the data folder. */
export function readingSettings(configuration: Configuration): ReadingStoreSettings {
  if (configuration.INFLUX_URL === undefined) {
    return {
      kind: 'duckdb',
      directory: join(configuration.DATA_DIR, 'readings'),
      memoryLimit_mb: DUCKDB_MEMORY_MB,
      limit_bytes: configuration.READINGS_LIMIT_MB * 1024 * 1024,
    };
  }
  return {
    kind: 'influx',
    url: configuration.INFLUX_URL,
    bucket: configuration.INFLUX_BUCKET ?? 'relight',
    ...(configuration.INFLUX_TOKEN === undefined ? {} : { token: configuration.INFLUX_TOKEN }),
    ...(configuration.INFLUX_ORG === undefined ? {} : { org: configuration.INFLUX_ORG }),
    ...(configuration.INFLUX_USERNAME === undefined ? {} : { username: configuration.INFLUX_USERNAME }),
    ...(configuration.INFLUX_PASSWORD === undefined ? {} : { password: configuration.INFLUX_PASSWORD }),
  };
}
