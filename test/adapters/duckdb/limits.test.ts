import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it, onTestFinished } from 'vitest';
import { openDuckdbReadingStore } from '../../../adapters/duckdb/open-reading-store.ts';
import { spawnThread } from '../../../adapters/thread/spawn.ts';
import { ReadingStoreError } from '../../../core/ports/reading-store.ts';
import { newStoreDirectory, openStoreIn } from '../../support/duckdb-store.ts';
import { createLogBook, createMeter } from '../../support/quiet.ts';
import { batchOf, fleetBatches } from '../../support/reading-batch.ts';

const monday = Date.UTC(2026, 0, 5);
const day_ms = 86_400_000;

it('says it is full at its size limit, alarms once, reads on, and takes readings again after retention', async () => {
  const home = await newStoreDirectory();
  onTestFinished(home.remove);
  const log = createLogBook();
  const telemetry = createMeter();
  const store = await openDuckdbReadingStore({
    directory: home.directory,
    memoryLimit_mb: 256,
    limit_bytes: 6e6,
    log,
    telemetry,
  });
  onTestFinished(() => store.close());

  let written = 0;
  let refusal: unknown;
  for (const batch of fleetBatches({
    site: 's',
    devices: 2000,
    steps: 400,
    from: monday,
    interval_ms: 900_000,
  })) {
    refusal = await store.write(batch).catch((error: unknown) => error);
    if (refusal !== undefined) break;
    written += 2000;
  }
  expect(refusal).toBeInstanceOf(ReadingStoreError);
  expect(refusal).toMatchObject({ code: 'full', retryable: true });
  const one = batchOf([
    {
      site: 's',
      device: 'm',
      ts: monday + 30 * day_ms,
      arrival: monday + 30 * day_ms,
      fields: { voltage: 1 },
    },
  ]);
  await expect(store.write(one)).rejects.toMatchObject({ code: 'full' });
  expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  expect(telemetry.gauges.get('relight_reading_store_bytes')).toBeGreaterThan(6e6);
  expect(await store.count('s', monday, monday + 40 * day_ms)).toBe(written);

  await store.retain('s', monday + 29 * day_ms);
  await store.write(one);
  expect(await store.count('s', monday, monday + 40 * day_ms)).toBe(1);
});

it('refuses a second opener, in this process and in another', async () => {
  const home = await newStoreDirectory();
  onTestFinished(home.remove);
  const store = await openStoreIn(home.directory);
  await expect(openStoreIn(home.directory)).rejects.toThrow(
    /This process has the readings in .* open already/,
  );

  const script = `
    import { openDuckdbReadingStore } from ${JSON.stringify(new URL('../../../adapters/duckdb/open-reading-store.ts', import.meta.url).href)};
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    await openDuckdbReadingStore({ directory: ${JSON.stringify(home.directory)}, memoryLimit_mb: 128, limit_bytes: 1e9, log })
      .catch((error) => console.log(error.name, error.code, error.message));`;
  const other = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  expect(other.stdout).toContain(`ReadingStoreError unreachable The readings in`);
  expect(other.stdout).toContain(
    `are open in process ${process.pid}; stop it or choose another data directory`,
  );

  await expect(openStoreIn(home.directory)).rejects.toThrow(/open already/);
  await store.close();
  await (await openStoreIn(home.directory)).close();
});

it('works inside a worker thread, and refuses a second opener there and here', async () => {
  const home = await newStoreDirectory();
  onTestFinished(home.remove);
  const thread = spawnThread(import.meta.url, '../../support/duckdb-thread', { workerData: home.directory });
  onTestFinished(async () => void (await thread.terminate()));
  expect((await once(thread, 'message'))[0]).toBe(1);
  await expect(openStoreIn(home.directory)).rejects.toThrow(/open already/);

  thread.postMessage('close');
  expect((await once(thread, 'message'))[0]).toBe('closed');
  const store = await openStoreIn(home.directory);
  expect(await store.count('s', 0, 10)).toBe(1);
  await store.close();
});

it('refuses data written by a newer program and leaves them alone', async () => {
  const home = await newStoreDirectory();
  onTestFinished(home.remove);
  await (await openStoreIn(home.directory)).close();
  const instance = await DuckDBInstance.create(`${home.directory}/open.duckdb`);
  const connection = await instance.connect();
  await connection.run('UPDATE layout SET version = 99');
  connection.closeSync();
  instance.closeSync();
  await expect(openStoreIn(home.directory)).rejects.toThrow(/layout 99 is from a newer Relight/);
});

it('refuses calls after it was closed, and closes twice', async () => {
  const home = await newStoreDirectory();
  onTestFinished(home.remove);
  const store = await openStoreIn(home.directory);
  await store.close();
  await store.close();
  await expect(store.count('s', 0, 1)).rejects.toBeInstanceOf(ReadingStoreError);
});
