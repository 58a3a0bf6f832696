import { ThreadError } from '../adapters/thread/thread-error.ts';
import { createWorkerClient, type WorkerClient } from '../adapters/thread/worker-client.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { JournalLag } from '../core/ports/ingest-view.ts';
import type { Journal } from '../core/ports/journal.ts';
import type { Lifecycle } from '../core/ports/lifecycle.ts';
import type { Logger } from '../core/ports/logger.ts';
import { type ReadingStore, ReadingStoreError } from '../core/ports/reading-store.ts';
import type { SiteDirectory } from '../core/ports/site-directory.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import { deliver } from './relay.ts';
import type { ReadingStoreSettings, StoreWorkerData } from './store-settings.ts';
import type { StoreProcedures } from './store-worker.main.ts';
import type { StoreWriterStatus } from './store-writer.ts';

export interface StoreThreadDeps {
  readonly settings: ReadingStoreSettings;
  /** Opened with a reader called `store`. */
  readonly journal: Journal;
  readonly journalDirectory: string;
  readonly deadLetterDirectory: string;
  readonly sites: SiteDirectory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}

/** What the rest of the house may ask of the readings; writing is the thread's own. */
export type ReadingHistory = Pick<ReadingStore, 'history' | 'count' | 'retain' | 'ready'>;

export interface StoreThread extends Lifecycle {
  readonly readings: ReadingHistory;
  /** Copies an embedded store into an empty folder, beside those who use it. */
  copyTo(directory: string): Promise<void>;
  lag(): JournalLag;
}

const LOOK_MS = 250;
const RESTART_MS = 1_000;
const CALLS_AT_ONCE = 200;

/**
 * The thread that writes readings, seen from the main thread. `start` resolves although the store is away: it then opens it
 * by itself, and readings wait in the journal. It rejects when the store refuses for good (a directory in use).
 */
export function createStoreThread(deps: StoreThreadDeps): StoreThread {
  const { journal, log, telemetry } = deps;
  let client: WorkerClient<StoreProcedures> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let status: StoreWriterStatus | null = null;
  let openError: string | null = null;
  let stopped = false;

  function spawn(): WorkerClient<StoreProcedures> {
    const data: StoreWorkerData = {
      store: deps.settings,
      journalDirectory: deps.journalDirectory,
      deadLetterDirectory: deps.deadLetterDirectory,
      from: journal.position('store'),
      sites: deps.sites.all().map(({ site }) => site),
    };
    return createWorkerClient<StoreProcedures>({
      from: import.meta.url,
      entry: './store-worker.main',
      name: 'readings',
      maxInFlight: CALLS_AT_ONCE,
      data,
      onDeath(cause) {
        telemetry.count('relight_reading_thread_deaths_total');
        log.error('the thread of the readings died and is started again', { cause });
        setTimeout(() => void restart(), RESTART_MS);
      },
    });
  }

  async function restart(): Promise<void> {
    if (stopped) return;
    client = spawn();
    await client.start().catch(() => undefined);
  }

  async function call<T>(ask: (client: WorkerClient<StoreProcedures>) => Promise<T>): Promise<T> {
    if (client === null)
      throw new ReadingStoreError('unreachable', 'the readings are not open', { retryable: true });
    try {
      return await ask(client);
    } catch (cause) {
      throw storeError(cause);
    }
  }

  /** Takes news from the thread, and makes it try again where it could not open its store. */
  async function look(): Promise<void> {
    try {
      const news = await call((thread) => thread.call('status', null));
      deliver(news.relayed, log, telemetry);
      status = news.status;
      if (status === null) await open();
      else await journal.passed('store', status.position);
    } catch {
      // A thread that died says so once through onDeath.
    }
  }

  async function open(): Promise<void> {
    try {
      await call((thread) => thread.call('open', null));
      openError = null;
    } catch (cause) {
      const { code, message } = storeError(cause);
      if (openError === null)
        log.error('the store of readings cannot be opened; readings wait in the journal', { cause: message });
      openError = code;
      throw cause;
    }
  }

  function watch(): void {
    timer = setTimeout(async () => {
      await look();
      if (!stopped) watch();
    }, LOOK_MS);
  }

  return {
    readings: {
      history: (query) => call((thread) => thread.call('history', query)),
      count: (site, from, to) => call((thread) => thread.call('count', { site, from, to })),
      retain: (site, before) => call((thread) => thread.call('retain', { site, before })),
      ready: () => call((thread) => thread.call('open', null)),
    },
    copyTo: (directory) => call((thread) => thread.call('copyTo', directory)),
    async start() {
      client = spawn();
      await client.start();
      try {
        await open();
      } catch (cause) {
        const error = storeError(cause);
        if (!error.retryable) {
          stopped = true;
          await client.stop();
          throw error;
        }
      }
      watch();
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await look();
      await client?.stop();
    },
    lag() {
      const records = journal.lag(status?.position ?? journal.position('store'));
      const lag_s =
        records === 0 || status === null ? 0 : Math.max(0, (deps.clock.now() - status.readAt) / 1_000);
      return { reader: 'store', records, lag_s, error: openError ?? status?.error ?? null };
    },
  };
}

function storeError(cause: unknown): ReadingStoreError {
  if (cause instanceof ReadingStoreError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (!(cause instanceof ThreadError))
    return new ReadingStoreError('unreachable', message, { retryable: true, cause });
  const code = cause.code === 'full' || cause.code === 'refused' ? cause.code : 'unreachable';
  return new ReadingStoreError(code, message, { retryable: cause.retryable, cause });
}
