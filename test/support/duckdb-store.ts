import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckdbReadingStore, openDuckdbReadingStore } from '../../adapters/duckdb/open-reading-store.ts';
import { createLogBook } from './quiet.ts';

export async function newStoreDirectory(): Promise<{ readonly directory: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'relight-duckdb-'));
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

export async function openStoreIn(directory: string, limit_bytes = 2e9): Promise<DuckdbReadingStore> {
  return await openDuckdbReadingStore({ directory, memoryLimit_mb: 256, limit_bytes, log: createLogBook() });
}
