import type { Logger } from '../core/ports/logger.ts';
import { type ReadingBatch, type ReadingStore, ReadingStoreError } from '../core/ports/reading-store.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import { rowOf, sliceBatch } from './batch-builder.ts';
import type { DeadLetters } from './dead-letter.ts';

const RETRY_FIRST_MS = 200;
const RETRY_MOST_MS = 10_000;
/** So many refused rows without a single accepted one mean that the store refuses everything, not that rows are bad. */
const REFUSED_WITHOUT_SUCCESS = 10;

export interface ReadingWriter {
  /** Resolves when every row is stored or, if no store will ever take it, in the dead letters. Waits as long as it takes. */
  write(batch: ReadingBatch): Promise<void>;
  /** Why it waits; null when it does not. */
  error(): string | null;
  /** Lets a waiting write reject. */
  stop(): void;
}

/** Raised by a write that was given up because the writer was stopped. */
export class WriterStopped extends Error {
  constructor() {
    super('the writer of readings was stopped');
    this.name = 'WriterStopped';
  }
}

export function createReadingWriter(deps: {
  readonly store: Pick<ReadingStore, 'write'>;
  readonly deadLetters: DeadLetters;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}): ReadingWriter {
  const { store, deadLetters, log, telemetry } = deps;
  let error: string | null = null;
  let stopped = false;
  let wake: (() => void) | null = null;

  /** Retries until the store has taken the rows; false when it refuses these very rows. */
  async function attempt(batch: ReadingBatch): Promise<boolean> {
    for (let pause_ms = RETRY_FIRST_MS; ; pause_ms = Math.min(pause_ms * 2, RETRY_MOST_MS)) {
      if (stopped) throw new WriterStopped();
      try {
        await store.write(batch);
        recovered();
        return true;
      } catch (cause) {
        if (cause instanceof ReadingStoreError && !cause.retryable) return false;
        failed(cause);
        await sleep(pause_ms);
      }
    }
  }

  function failed(cause: unknown): void {
    telemetry.count('relight_reading_store_failures_total');
    if (error !== null) return;
    error = cause instanceof ReadingStoreError ? cause.code : 'failed';
    telemetry.gauge('relight_reading_store_down', 1);
    log.error('readings cannot be stored; they wait in the journal', { cause });
  }

  function recovered(): void {
    if (error === null) return;
    error = null;
    telemetry.gauge('relight_reading_store_down', 0);
    log.warn('readings are stored again');
  }

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(go, ms);
      wake = go;
      function go(): void {
        clearTimeout(timer);
        wake = null;
        resolve();
      }
    });
  }

  /** Halves a refused batch down to the rows at fault. False: nothing at all was accepted, so the rows are not the fault. */
  async function bisect(batch: ReadingBatch): Promise<boolean> {
    const refused: ReadingBatch[] = [];
    let accepted = false;
    const parts = halves(batch);
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      if (await attempt(part)) accepted = true;
      else if (part.ts.length > 1) parts.unshift(...halves(part));
      else refused.push(part);
      if (!accepted && refused.length >= REFUSED_WITHOUT_SUCCESS) return false;
    }
    for (const row of refused) {
      telemetry.count('relight_readings_dead_total');
      await deadLetters.add({ reason: 'refused by the store', ...rowOf(row, 0) });
    }
    log.warn('readings were refused by the store for good and put aside', { rows: refused.length });
    return true;
  }

  return {
    async write(batch) {
      if (batch.ts.length === 0) return;
      for (;;) {
        if (await attempt(batch)) return;
        if (await bisect(batch)) return;
        failed(new ReadingStoreError('refused', 'the store refuses every reading', { retryable: true }));
        await sleep(RETRY_MOST_MS);
      }
    },
    error: () => error,
    stop() {
      stopped = true;
      wake?.();
    },
  };
}

function halves(batch: ReadingBatch): ReadingBatch[] {
  const rows = batch.ts.length;
  if (rows === 1) return [batch];
  return [sliceBatch(batch, 0, rows >> 1), sliceBatch(batch, rows >> 1, rows)];
}
