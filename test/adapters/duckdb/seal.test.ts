import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DuckdbReadingStore } from '../../../adapters/duckdb/open-reading-store.ts';
import { newStoreDirectory, openStoreIn } from '../../support/duckdb-store.ts';
import { batchOf, fleetBatches, type Row } from '../../support/reading-batch.ts';

const monday = Date.UTC(2026, 0, 5);
const day_ms = 86_400_000;

let home: Awaited<ReturnType<typeof newStoreDirectory>>;
let store: DuckdbReadingStore;

beforeEach(async () => {
  home = await newStoreDirectory();
  store = await openStoreIn(home.directory);
});

afterEach(async () => {
  await store.close();
  await home.remove();
});

function reading(site: string, device: string, ts: number, voltage: number, arrival = ts + 50): Row {
  return { site, device, ts, arrival, fields: { voltage } };
}

function dayFilesOf(site: string): string[] {
  const folder = join(home.directory, 'readings', `site=${site}`);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

async function query(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

it('seals a closed day by itself once readings of the next one arrive, one file per site', async () => {
  await store.write(batchOf([reading('north', 'm', monday, 1), reading('south', 'm', monday, 2)]));
  expect(dayFilesOf('north')).toEqual([]);

  await store.write(batchOf([reading('north', 'm', monday + day_ms + 5 * 60_000, 3)]));
  await store.count('north', 0, 1);
  expect(dayFilesOf('north')).toEqual([]);

  await store.write(batchOf([reading('north', 'm', monday + day_ms + 11 * 60_000, 4)]));
  await expect
    .poll(() => [dayFilesOf('north'), dayFilesOf('south')])
    .toEqual([['2026-01-05.1.parquet'], ['2026-01-05.1.parquet']]);
  expect(await store.count('north', monday, monday + 2 * day_ms)).toBe(3);
});

it('leaves a file sorted by device and time, each instant once with the later arrival', async () => {
  const rows = [3, 1, 2, 1, 3].flatMap((minute, turn) =>
    ['m-2', 'm-10', 'm-1'].map((device) =>
      reading('north', device, monday + minute * 60_000, turn, monday + 100_000_000 - turn * 1000),
    ),
  );
  await store.write(batchOf(rows));
  await store.write(batchOf([reading('clock', 'm', monday + 2 * day_ms, 1)]));
  await store.seal();

  const file = join(home.directory, 'readings', 'site=north', '2026-01-05.1.parquet');
  const found = await query(
    `SELECT device, ((ts - ${monday}) // 60000)::INTEGER, voltage::INTEGER FROM read_parquet('${file}')`,
  );
  expect(found).toEqual(
    ['m-1', 'm-10', 'm-2'].flatMap((device) => [
      [device, 1, 1],
      [device, 2, 2],
      [device, 3, 0],
    ]),
  );
});

it('writes a sealed day anew for late readings, and drops the file it replaced', async () => {
  await store.write(batchOf([reading('north', 'm', monday, 1), reading('north', 'm', monday + 1000, 2)]));
  await store.write(batchOf([reading('clock', 'm', monday + 2 * day_ms, 1)]));
  await store.seal();
  await store.write(
    batchOf([
      { ...reading('north', 'm', monday, 7, monday + 3 * day_ms), fields: { voltage: 7, flow_rate: 3 } },
    ]),
  );
  await store.write(batchOf([reading('north', 'late', monday + 5, 9, monday + 3 * day_ms)]));
  await store.seal();

  expect(dayFilesOf('north')).toEqual(['2026-01-05.2.parquet']);
  expect(await store.count('north', monday, monday + day_ms)).toBe(3);
  const hours = await store.history({
    site: 'north',
    device: 'm',
    fields: ['voltage', 'flow_rate'],
    from: monday,
    to: monday + day_ms,
    buckets: 24,
  });
  expect(hours).toEqual([{ at: monday, count: 2, min: [2, 3], max: [7, 3], mean: [4.5, 3] }]);
});

it('answers whole hours from the roll-ups exactly as from the readings', async () => {
  const ten_ms = 600_000;
  const fleet = {
    site: 'north',
    devices: 3,
    steps: 3 * 144,
    from: monday,
    interval_ms: ten_ms,
    fields: ['voltage_a', 'flow_rate'],
  };
  for (const batch of fleetBatches(fleet)) await store.write(batch);
  await store.seal();
  expect(dayFilesOf('north')).toHaveLength(2);

  const range = {
    site: 'north',
    device: 'm-1',
    fields: ['voltage_a', 'flow_rate'],
    from: monday + 2 * ten_ms,
    to: monday + 2.5 * day_ms,
  };
  const hourly = await store.history({ ...range, buckets: 50 });
  const fine = await store.history({ ...range, buckets: (range.to - range.from) / ten_ms });
  expect(fine).toHaveLength(360 - 2);
  expect(hourly.map(({ at }) => at)).toEqual([
    range.from,
    ...Array.from({ length: 29 }, (_, hour) => monday + (hour + 1) * 7_200_000),
  ]);
  for (const bucket of hourly) {
    const start = Math.floor(bucket.at / 7_200_000) * 7_200_000;
    const inside = fine.filter(({ at }) => at >= start && at < start + 7_200_000);
    expect(bucket.count).toBe(inside.length);
    expect(bucket.min[0]).toBe(Math.min(...inside.map(({ min }) => min[0] ?? Number.NaN)));
    expect(bucket.max[1]).toBe(Math.max(...inside.map(({ max }) => max[1] ?? Number.NaN)));
    expect(bucket.mean[1]).toBeCloseTo(
      inside.reduce((sum, { mean }) => sum + (mean[1] ?? Number.NaN), 0) / inside.length,
      6,
    );
  }
});

it('sweeps away what an interrupted seal left, and keeps the readings', async () => {
  await store.write(batchOf([reading('north', 'm', monday, 1)]));
  await store.close();
  const folder = join(home.directory, 'readings', 'site=north');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '2026-01-05.1.parquet'), 'half a file');
  writeFileSync(join(home.directory, 'tmp', 'seal.parquet'), 'less');

  store = await openStoreIn(home.directory);
  expect(dayFilesOf('north')).toEqual([]);
  expect(await store.count('north', monday, monday + day_ms)).toBe(1);
  await store.write(batchOf([reading('north', 'm', monday + 2 * day_ms, 2)]));
  await store.seal();
  expect(dayFilesOf('north')).toEqual(['2026-01-05.1.parquet']);
  expect(await store.count('north', monday, monday + 3 * day_ms)).toBe(2);
});

it('seals after a restart what was due before it', async () => {
  await store.write(batchOf([reading('north', 'm', monday, 1)]));
  await store.close();
  store = await openStoreIn(home.directory);
  await store.write(batchOf([reading('north', 'm', monday + day_ms + 3_600_000, 2)]));
  await expect.poll(() => dayFilesOf('north')).toEqual(['2026-01-05.1.parquet']);
});

it('reads on while days are sealed and forgotten under it', async () => {
  for (const batch of fleetBatches({
    site: 'north',
    devices: 20,
    steps: 4 * 96,
    from: monday,
    interval_ms: 900_000,
  })) {
    await store.write(batch);
  }
  const work = [store.seal(), store.retain('south', monday + day_ms), store.seal()];
  const counts = await Promise.all(
    Array.from({ length: 20 }, () => store.count('north', monday, monday + 4 * day_ms)),
  );
  expect(new Set(counts)).toEqual(new Set([20 * 4 * 96]));
  await Promise.all(work);
});

it('gives every site a folder of its own, whatever the file system thinks of capitals and dots', async () => {
  const sites = ['A', 'a', '..', '.', 'x.Y'];
  await store.write(batchOf(sites.map((site, index) => reading(site, 'm', monday, index))));
  await store.write(batchOf([reading('clock', 'm', monday + 2 * day_ms, 1)]));
  await store.seal();
  expect(
    readdirSync(join(home.directory, 'readings'))
      .map((name) => name.toLowerCase())
      .sort(),
  ).toEqual(['site=+2e', 'site=+2e+2e', 'site=+41', 'site=a', 'site=x+2e+59']);
  for (const site of sites) expect(await store.count(site, monday, monday + day_ms)).toBe(1);
});
