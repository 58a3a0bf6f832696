import type { JournalReader, JournalRecord } from '../core/ports/journal.ts';
import type { Lifecycle } from '../core/ports/lifecycle.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { ReadingStore } from '../core/ports/reading-store.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import { createDecoder } from '../core/readings/decoder.ts';
import type { Profiles } from '../core/readings/profile.ts';
import type { Site } from '../core/topology/site.ts';
import type { Instant } from '../core/units/time.ts';
import { createBatchBuilder } from './batch-builder.ts';
import type { DeadLetters } from './dead-letter.ts';
import { decodeJournaled } from './journaled.ts';
import { createReadingWriter, WriterStopped } from './write-readings.ts';

export interface StoreWriterDeps {
  readonly reader: JournalReader;
  /** Where the `store` reader stands. */
  readonly from: number;
  /** The sites as they are now; later versions are found in the journal. */
  readonly sites: readonly Site[];
  readonly profiles: Profiles;
  readonly store: Pick<ReadingStore, 'write'>;
  readonly deadLetters: DeadLetters;
  /** Everything below the offset is stored. */
  readonly passed: (offset: number) => void;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly batchRows?: number;
  readonly batchDelay_ms?: number;
}

export interface StoreWriterStatus {
  /** Everything below it is stored. */
  readonly position: number;
  readonly rows: number;
  /** Arrival of the newest record looked at. */
  readonly readAt: Instant;
  readonly error: string | null;
}

export interface StoreWriter extends Lifecycle {
  status(): StoreWriterStatus;
}

const BATCH_ROWS = 5_000;
const BATCH_DELAY_MS = 250;
const RECORDS_PER_READ = 2_000;
/** How soon an idle reader looks again: it has no other sign of the writer than the files. */
const IDLE_MS = 20;
const PAUSE_AFTER_ERROR_MS = 1_000;

/** Reads the journal and writes every reading in it to the store, in batches, one being written while the next is read. */
export function createStoreWriter(deps: StoreWriterDeps): StoreWriter {
  const { reader, log, telemetry } = deps;
  const batchDelay_ms = deps.batchDelay_ms ?? BATCH_DELAY_MS;
  const builder = createBatchBuilder(deps.batchRows ?? BATCH_ROWS);
  const writer = createReadingWriter(deps);
  const sites = new Map(deps.sites.map((site) => [site.site.id, site]));
  const decoder = createDecoder({ get: (id) => sites.get(id), all: () => sites.values() }, deps.profiles);

  let read = deps.from;
  let position = deps.from;
  let rows = 0;
  let readAt: Instant = 0;
  let readError: string | null = null;
  let batchBegan = 0;
  let writing: Promise<void> | null = null;
  let stopped = false;
  let running: Promise<void> | null = null;

  function take(record: JournalRecord): void {
    read = record.offset + 1;
    readAt = record.at;
    if (record.kind === 'command') {
      const journaled = decodeJournaled(record.payload);
      if (journaled?.type === 'site') sites.set(journaled.site.site.id, journaled.site);
    }
    if (record.kind !== 'message') return;
    const decoded = decoder.decode(record.topic, record.payload, record.at);
    // Refusals are detection's to count: it reads the same records.
    if (!('message' in decoded)) return;
    if (builder.rows() === 0) batchBegan = performance.now();
    const { site, message } = decoded;
    if (message.kind === 'telemetry') builder.add(site, message, record.at);
    else if (message.kind === 'history') {
      for (const reading of message.readings) builder.add(site, reading, record.at);
    }
  }

  function due(): boolean {
    return builder.full() || (builder.rows() > 0 && performance.now() - batchBegan >= batchDelay_ms);
  }

  /** Waits for the batch before, then lets this one go; so at most two are in memory. */
  async function flush(): Promise<void> {
    await writing;
    if (stopped) return;
    const batch = builder.take();
    const upTo = read;
    const began = performance.now();
    writing = writer.write(batch).then(
      () => {
        position = upTo;
        rows += batch.ts.length;
        telemetry.observe('relight_reading_batch_seconds', (performance.now() - began) / 1_000);
        deps.passed(upTo);
      },
      (cause: unknown) => {
        if (!(cause instanceof WriterStopped)) log.error('a batch of readings was given up', { cause });
        stopped = true;
      },
    );
  }

  /** Ticks and events alone leave nothing to write, but are passed all the same. */
  async function passEmpty(): Promise<void> {
    await writing;
    if (stopped || builder.rows() > 0 || position === read) return;
    position = read;
    deps.passed(read);
  }

  async function readMore(): Promise<readonly JournalRecord[]> {
    try {
      const records = await reader.read(read, RECORDS_PER_READ);
      readError = null;
      return records;
    } catch (cause) {
      if (readError === null) log.error('readings cannot be read from the journal', { offset: read, cause });
      readError = cause instanceof Error && 'code' in cause ? String(cause.code) : 'journal_failed';
      await sleep(PAUSE_AFTER_ERROR_MS);
      return [];
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      const records = await readMore();
      for (const record of records) {
        take(record);
        if (builder.full()) await flush();
        if (stopped) return;
      }
      if (due()) await flush();
      if (records.length === 0) {
        if (builder.rows() === 0 && position !== read) await passEmpty();
        await sleep(IDLE_MS);
      }
    }
  }

  return {
    async start() {
      running = run();
    },
    async stop() {
      stopped = true;
      writer.stop();
      await running;
      await writing;
    },
    status: () => ({ position, rows, readAt, error: readError ?? writer.error() }),
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
