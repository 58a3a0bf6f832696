import { mkdirSync, realpathSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { version } from '@duckdb/node-api';
import type { Logger } from '../../core/ports/logger.ts';
import { type ReadingBatch, type ReadingStore, ReadingStoreError } from '../../core/ports/reading-store.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { batchFault } from '../../core/readings/batch-fault.ts';
import { copyStore } from './copy-store.ts';
import { countReadings } from './count-readings.ts';
import { DAY_MS } from './day-file.ts';
import { bytesInUse } from './disk-use.ts';
import { takeOwnerLock } from './owner-lock.ts';
import { readHistory, type Snapshot } from './read-history.ts';
import { createSealSchedule, type SealSchedule } from './seal-schedule.ts';
import { openSession, type Session } from './session.ts';
import { createTurns } from './take-turns.ts';
import { forgetDays, sealClosedDays, type UpkeepDeps } from './upkeep.ts';

export interface DuckdbReadingStoreOptions {
  /** Made if missing; belongs to this store alone. */
  readonly directory: string;
  /** Of DuckDB's own buffers; replaying the log after a crash needs some of it too. */
  readonly memoryLimit_mb: number;
  /** Writes are refused as `full` above this; retention makes room. */
  readonly limit_bytes: number;
  readonly log: Logger;
  readonly telemetry?: Telemetry;
}

export interface DuckdbReadingStore extends ReadingStore {
  /** Seals the days that are closed now and resolves when their files stand. It also happens by itself. */
  seal(): Promise<void>;
  /** Writes a copy into an empty folder while others read and write. */
  copyTo(directory: string): Promise<void>;
}

const READS_AT_ONCE = 4;
const MAX_WAITING = 64;

/** How much is appended between two looks at the size. */
const LOOK_BYTES = 16_000_000;

/** With less left on the disk, a failed write is put down to that. */
const DISK_FULL_BYTES = 64_000_000;

/** Readings in DuckDB: one table for the open days, one Parquet file per site and closed day, hourly roll-ups. */
export async function openDuckdbReadingStore(
  options: DuckdbReadingStoreOptions,
): Promise<DuckdbReadingStore> {
  const { log, telemetry, limit_bytes } = options;
  mkdirSync(options.directory, { recursive: true });
  const directory = realpathSync(options.directory);
  if (/[*?[\]{}]/.test(directory)) {
    throw refusal(`The data directory ${directory} must not contain * ? [ ] { }`, undefined, false);
  }
  const lock = takeOwnerLock(directory);
  if (lock === null)
    throw refusal(`This process has the readings in ${directory} open already`, undefined, false);

  const otherOwner = lock.other;
  let current: Promise<Session> | null = null;
  let schedule: SealSchedule | undefined;
  let closed = false;
  let used_bytes = 0;
  let unseen_bytes = 0;
  const writes = createTurns(1, MAX_WAITING);
  const reads = createTurns(READS_AT_ONCE, MAX_WAITING);
  const upkeep = createTurns(1, MAX_WAITING);
  const upkeepDeps: UpkeepDeps = { directory, log, telemetry, readersDone: reads.settled };

  function session(): Promise<Session> {
    if (closed) return Promise.reject(refusal('The store of readings is closed', undefined, false));
    current ??= openSession(directory, options.memoryLimit_mb, log)
      .then(async (opened) => {
        schedule ??= await readSchedule(opened.writer);
        used_bytes = await bytesInUse(opened.writer, directory);
        return opened;
      })
      .catch((cause: unknown) => {
        current = null;
        throw refusal(whyNotOpened(directory, otherOwner, cause), cause, true);
      });
    return current;
  }

  async function look(opened: Session): Promise<void> {
    const before = used_bytes;
    used_bytes = await bytesInUse(opened.writer, directory);
    unseen_bytes = 0;
    telemetry?.gauge('relight_reading_store_bytes', used_bytes);
    if (used_bytes >= limit_bytes && before < limit_bytes) {
      log.error('The store of readings is full; new readings wait in the journal', {
        used_bytes,
        limit_bytes,
      });
    }
  }

  async function append(batch: ReadingBatch): Promise<void> {
    const opened = await session();
    if (unseen_bytes >= Math.min(LOOK_BYTES, limit_bytes / 64) || used_bytes >= limit_bytes)
      await look(opened);
    if (used_bytes >= limit_bytes) throw full(`The readings fill their ${limit_bytes} bytes`, undefined);

    const begun = performance.now();
    try {
      await opened.appender.append(batch);
    } catch (cause) {
      await abandon(opened);
      throw await writeError(directory, cause);
    }
    opened.refs.keep();
    unseen_bytes += batch.ts.length * (20 + 8 * batch.fields.length);
    telemetry?.count('relight_readings_stored_total', {}, batch.ts.length);
    telemetry?.observe('relight_reading_store_write_seconds', (performance.now() - begun) / 1000);
    schedule?.note(batch.ts, batch.arrival);
    if (schedule?.due() === true) void seal().catch(() => undefined);
  }

  /** After a failed write DuckDB may refuse everything: the next call opens it anew. */
  async function abandon(opened: Session): Promise<void> {
    current = null;
    opened.keeper.interrupt();
    await Promise.all([reads.settled(), upkeep.settled()]);
    try {
      opened.close();
    } catch (cause) {
      log.warn('Closing the broken store of readings failed', { cause: String(cause) });
    }
  }

  async function seal(): Promise<void> {
    schedule?.begin();
    await turn(upkeep, async () => {
      const opened = await session();
      try {
        await sealClosedDays(opened, schedule?.closedBefore ?? 0, upkeepDeps);
      } catch (cause) {
        schedule?.failed();
        if (!closed)
          log.error('Sealing a day of readings failed; it stays in the open table', { cause: String(cause) });
        throw await writeError(directory, cause);
      }
    });
  }

  async function read<T>(ask: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    return await turn(reads, async () => {
      const opened = await session();
      try {
        return await inSnapshot(opened, directory, ask);
      } catch (cause) {
        throw refusal('The readings could not be read', cause, true);
      }
    });
  }

  const store: DuckdbReadingStore = {
    async write(batch) {
      const fault = batchFault(batch);
      if (fault !== null) throw refusal(`The batch is unfit: ${fault}`, undefined, false);
      if (batch.ts.length > 0) await turn(writes, () => append(batch));
    },
    history: (query) =>
      read((snapshot) =>
        readHistory(snapshot, { ...query, from: Math.ceil(query.from), to: Math.ceil(query.to) }),
      ),
    count: (site, from, to) =>
      read((snapshot) => countReadings(snapshot, site, Math.ceil(from), Math.ceil(to))),
    retain: (site, before) =>
      turn(upkeep, async () => {
        const opened = await session();
        try {
          await forgetDays(opened, site, before, upkeepDeps);
        } catch (cause) {
          throw await writeError(directory, cause);
        }
        used_bytes = await bytesInUse(opened.keeper, directory);
      }),
    async ready() {
      await session();
      return `DuckDB ${version()}`;
    },
    seal,
    copyTo: (to) =>
      turn(upkeep, async () => {
        const opened = await session();
        try {
          await copyStore(opened, directory, to);
        } catch (cause) {
          throw refusal(`The readings could not be copied to ${to}`, cause, true);
        }
      }),
    async close() {
      if (closed) return;
      await writes.settled();
      closed = true;
      const opened = current === null ? null : await current.catch(() => null);
      opened?.keeper.interrupt();
      await Promise.all([reads.settled(), upkeep.settled()]);
      opened?.close();
      lock.release();
    },
  };

  try {
    await session();
  } catch (error) {
    lock.release();
    throw error;
  }
  return store;
}

async function turn<T>(turns: ReturnType<typeof createTurns>, task: () => Promise<T>): Promise<T> {
  const result = turns.run(task);
  if (result === undefined) throw refusal('Too many calls wait for the store of readings', undefined, true);
  return await result;
}

async function inSnapshot<T>(
  session: Session,
  directory: string,
  ask: (snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const connection = await session.instance.connect();
  try {
    await connection.run('BEGIN READ ONLY');
    return await ask({ connection, directory, columns: session.columns, refs: session.refs });
  } finally {
    connection.closeSync();
  }
}

async function readSchedule(connection: DuckDBConnection): Promise<SealSchedule> {
  const rows = await connection.runAndReadAll(
    `SELECT max(arrival)::DOUBLE, (min(ts) // ${DAY_MS})::DOUBLE, (SELECT (max(day) + 1.0) * ${DAY_MS} FROM sealed) FROM open_readings`,
  );
  const [arrival, day, sealedUntil] = rows.getRows()[0] ?? [];
  return createSealSchedule(
    Math.max(Number(arrival ?? 0), Number(sealedUntil ?? 0)),
    day === null ? null : Number(day),
  );
}

function whyNotOpened(directory: string, other: number | null, cause: unknown): string {
  if (other !== null) {
    return `The readings in ${directory} are open in process ${other}; stop it or choose another data directory`;
  }
  return `The readings in ${directory} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`;
}

async function writeError(directory: string, cause: unknown): Promise<ReadingStoreError> {
  if (cause instanceof ReadingStoreError) return cause;
  const disk = await statfs(directory).catch(() => null);
  if (disk !== null && disk.bavail * disk.bsize < DISK_FULL_BYTES)
    return full('The disk under the readings is full', cause);
  return refusal('The store of readings failed to write', cause, true);
}

function full(message: string, cause: unknown): ReadingStoreError {
  return new ReadingStoreError('full', message, { retryable: true, cause });
}

function refusal(message: string, cause: unknown, retryable: boolean): ReadingStoreError {
  return new ReadingStoreError(retryable ? 'unreachable' : 'refused', message, { retryable, cause });
}
