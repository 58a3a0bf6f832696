import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Logger } from '../../core/ports/logger.ts';
import { type BatchAppender, createBatchAppender } from './batch-appender.ts';
import { sweepDayFiles } from './day-file.ts';
import { type DeviceRefs, loadDeviceRefs } from './device-refs.ts';
import { createTables, fieldColumns, LAYOUT_VERSION, layoutVersion } from './layout.ts';

/** The log grows to this before it is folded into the table file; folding stops writers for a moment. */
const CHECKPOINT_MB = 64;

/** An open database with everything that dies with it. */
export interface Session {
  readonly instance: DuckDBInstance;
  /** Only batches go through it. */
  readonly writer: DuckDBConnection;
  /** Seals and retention, one after another. */
  readonly keeper: DuckDBConnection;
  readonly columns: readonly string[];
  readonly refs: DeviceRefs;
  readonly appender: BatchAppender;
  close(): void;
}

export async function openSession(directory: string, memoryLimit_mb: number, log: Logger): Promise<Session> {
  const temporary = join(directory, 'tmp');
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  mkdirSync(join(directory, 'readings'), { recursive: true });
  const instance = await DuckDBInstance.create(join(directory, 'open.duckdb'), {
    memory_limit: `${memoryLimit_mb}MB`,
    threads: '1',
    temp_directory: temporary,
    checkpoint_threshold: `${CHECKPOINT_MB}MB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    return await prepare(instance, directory, log);
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function prepare(instance: DuckDBInstance, directory: string, log: Logger): Promise<Session> {
  const writer = await instance.connect();
  const version = await layoutVersion(writer);
  if (version === null) await createTables(writer);
  else if (version > LAYOUT_VERSION) {
    throw new Error(
      `its layout ${version} is from a newer Relight; this one knows layouts up to ${LAYOUT_VERSION}`,
    );
  }
  const swept = await sweepDayFiles(writer, directory);
  if (swept > 0) log.info('Removed day files of unfinished seals', { files: swept });

  const columns = await fieldColumns(writer);
  const refs = await loadDeviceRefs(writer);
  const appender = await createBatchAppender(writer, columns, refs);
  const keeper = await instance.connect();
  return {
    instance,
    writer,
    keeper,
    columns,
    refs,
    appender,
    close() {
      appender.close();
      writer.closeSync();
      keeper.closeSync();
      instance.closeSync();
    },
  };
}
