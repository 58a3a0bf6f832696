import { openInfluxReadingStore } from '../../adapters/influx/open-reading-store.ts';
import type { Logger } from '../../core/ports/logger.ts';
import { type ReadingStore, ReadingStoreError } from '../../core/ports/reading-store.ts';
import type { ReadingStoreSettings } from '../../ingest/store-settings.ts';

/** Readings for a process that only reads them: opened at the first question, and again after a failure to open. */
export function createRemoteReadings(
  settings: ReadingStoreSettings,
  log: Logger,
): Pick<ReadingStore, 'history' | 'ready'> {
  let opening: Promise<ReadingStore> | null = null;

  function store(): Promise<ReadingStore> {
    if (settings.kind !== 'influx') {
      const message = 'the embedded readings belong to the process that writes them';
      return Promise.reject(new ReadingStoreError('refused', message, { retryable: false }));
    }
    opening ??= openInfluxReadingStore({ ...settings, log }).catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  }

  return {
    history: async (query) => (await store()).history(query),
    ready: async () => (await store()).ready(),
  };
}
