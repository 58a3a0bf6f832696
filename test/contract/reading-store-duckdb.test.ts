import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckdbReadingStore } from '../../adapters/duckdb/open-reading-store.ts';
import { createLogBook } from '../support/quiet.ts';
import { batchOf } from '../support/reading-batch.ts';
import { describeReadingStore, type StoreUnderTest } from './reading-store-contract.ts';

async function openIn(directory: string): Promise<StoreUnderTest> {
  const store = await openDuckdbReadingStore({
    directory,
    memoryLimit_mb: 256,
    limit_bytes: 1e9,
    log: createLogBook(),
  });
  return {
    store,
    async reopen() {
      await store.close();
      return await openIn(directory);
    },
    async reshape() {
      const later = Date.UTC(2027, 0, 1);
      await store.write(
        batchOf([{ site: 'later', device: 'clock', ts: later, arrival: later, fields: { voltage: 1 } }]),
      );
      await store.seal();
    },
    async dispose() {
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

describeReadingStore('DuckDB', { replacesWholeReadings: true, runs: 25 }, async () =>
  openIn(await mkdtemp(join(tmpdir(), 'relight-duckdb-'))),
);
