import { workerData } from 'node:worker_threads';
import { openDuckdbReadingStore } from '../adapters/duckdb/open-reading-store.ts';
import { openInfluxReadingStore } from '../adapters/influx/open-reading-store.ts';
import { openJournalReader } from '../adapters/journal/open-journal-reader.ts';
import { loadProfiles } from '../adapters/registry/load-profiles.ts';
import { serveWorker } from '../adapters/thread/worker-server.ts';
import { type HistoryQuery, type ReadingStore, ReadingStoreError } from '../core/ports/reading-store.ts';
import type { Instant } from '../core/units/time.ts';
import { createDeadLetters } from './dead-letter.ts';
import { createRelay } from './relay.ts';
import type { StoreWorkerData } from './store-settings.ts';
import { createStoreWriter, type StoreWriter } from './store-writer.ts';

// The thread that owns the store of readings: it reads the journal's files, writes, and answers queries.

// What the main thread's compiler checked; a thread's birth data carries no type.
const data = workerData as StoreWorkerData;
const relay = createRelay();
let opened: Opened | null = null;
let opening: Promise<Opened> | null = null;

interface Opened {
  readonly store: CopyableStore;
  readonly writer: StoreWriter;
}

/** Only an embedded store can be copied; a server's has its own way. */
type CopyableStore = ReadingStore & { copyTo?(directory: string): Promise<void> };

function openStore(): Promise<CopyableStore> {
  const { log, telemetry } = relay;
  if (data.store.kind === 'duckdb') return openDuckdbReadingStore({ ...data.store, log, telemetry });
  return openInfluxReadingStore({ ...data.store, log });
}

async function open() {
  const store = await openStore();
  const writer = createStoreWriter({
    reader: openJournalReader(data.journalDirectory),
    from: data.from,
    sites: data.sites,
    profiles: await loadProfiles(),
    store,
    deadLetters: createDeadLetters(data.deadLetterDirectory),
    passed: () => undefined,
    log: relay.log,
    telemetry: relay.telemetry,
  });
  await writer.start();
  opened = { store, writer };
  return opened;
}

function ready() {
  // A store that could not be opened is tried again by the next call.
  opening ??= open().catch((cause: unknown) => {
    opening = null;
    throw cause;
  });
  return opening;
}

const procedures = {
  open: async (_: null) => (await ready()).store.ready(),
  history: async (query: HistoryQuery) => (await ready()).store.history(query),
  count: async ({ site, from, to }: { site: string; from: Instant; to: Instant }) =>
    (await ready()).store.count(site, from, to),
  retain: async ({ site, before }: { site: string; before: Instant }) =>
    (await ready()).store.retain(site, before),
  copyTo: async (directory: string) => {
    const { store } = await ready();
    if (store.copyTo === undefined)
      throw new ReadingStoreError('refused', 'this store cannot be copied', { retryable: false });
    await store.copyTo(directory);
  },
  status: (_: null) => ({ status: opened?.writer.status() ?? null, relayed: relay.drain() }),
};
export type StoreProcedures = typeof procedures;

serveWorker(procedures, async () => {
  await opened?.writer.stop();
  await opened?.store.close();
});
