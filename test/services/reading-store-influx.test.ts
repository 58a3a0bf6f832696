import { describe, expect, it, onTestFinished } from 'vitest';
import { openInfluxReadingStore } from '../../adapters/influx/open-reading-store.ts';
import { ReadingStoreError } from '../../core/ports/reading-store.ts';
import { startInflux } from '../../scripts/services/influx.ts';
import { describeReadingStore, type StoreUnderTest } from '../contract/reading-store-contract.ts';
import { createLogBook } from '../support/quiet.ts';
import { batchOf } from '../support/reading-batch.ts';

const url = process.env.TEST_INFLUX_URL ?? '';
const bucket = `relight_${process.pid}_${Date.now()}`;

describe.skipIf(url === '')('InfluxDB at TEST_INFLUX_URL', () => {
  describeReadingStore('InfluxDB', { replacesWholeReadings: false, runs: 25 }, openStore);

  it('gives back readings under names with commas, spaces, equals signs, quotes and backslashes', async () => {
    const store = await openInfluxReadingStore({ url, bucket, log: createLogBook() });
    const names = [
      ',',
      ' ',
      '=',
      '"',
      "'",
      'a\\,b',
      'a\\ b',
      'a\\\\b',
      "\\'x",
      '\\"x',
      '#x',
      '电 表',
      'a=b,c d"e\'f',
      '$x',
      'a\\=b',
      '\\n',
    ];
    const rows = names.map((name, value) => ({
      site: `S${name}`,
      device: name,
      ts: 5000,
      arrival: 6000,
      fields: { voltage: value },
    }));
    await store.write(batchOf(rows));
    for (const { site, device, fields } of rows) {
      const found = await store.history({
        site,
        device,
        fields: ['voltage'],
        from: 0,
        to: 10_000,
        buckets: 1,
      });
      expect([device, found[0]?.max[0]]).toEqual([device, fields.voltage]);
      expect(await store.count(site, 0, 10_000)).toBe(1);
    }
    await store.close();
  });

  it('takes readings again after the server was away, all of them', async () => {
    const server = await startInflux();
    onTestFinished(server.stop);
    const store = await openInfluxReadingStore({
      url: server.url,
      bucket: 'relight',
      log: createLogBook(),
      timeout_ms: 5_000,
    });
    const batch = (step: number) =>
      batchOf([{ site: 's', device: 'm', ts: step, arrival: step, fields: { voltage: step } }]);
    await store.write(batch(1));

    await server.halt();
    for (const call of [
      store.write(batch(2)),
      store.count('s', 0, 10),
      store.ready(),
      store.retain('s', 0),
    ]) {
      const error = await call.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ReadingStoreError);
      expect(error).toMatchObject({ code: 'unreachable', retryable: true });
    }
    await server.resume();
    await store.write(batch(2));
    await store.write(batch(3));
    expect(await store.count('s', 0, 10)).toBe(3);

    await fetch(`${server.url}/query?${new URLSearchParams({ q: 'DROP DATABASE relight' })}`, {
      method: 'POST',
    });
    // The server drops in the background and may still take writes into the database that goes: ask until it stands again.
    await expect
      .poll(
        async () => {
          await store
            .write(batch(4))
            .catch((error: unknown) => expect(error).toMatchObject({ retryable: true }));
          return store.count('s', 0, 10).catch(() => -1);
        },
        { timeout: 20_000, interval: 200 },
      )
      .toBe(1);
  });

  it('calls a partial write refused for good, and the server kept the rest', async () => {
    const store = await openInfluxReadingStore({ url, bucket, log: createLogBook() });
    const write = (body: string) =>
      fetch(`${url}/write?${new URLSearchParams({ db: bucket, precision: 'ms' })}`, { method: 'POST', body });
    expect((await write('reading,site=typed,device=m label="text" 1')).status).toBe(204);
    const rows = [1, 2, 3].map((ts) => ({
      site: 'typed',
      device: 'm',
      ts: ts * 10,
      arrival: ts,
      fields: ts === 2 ? { label: 1 } : { voltage: ts },
    }));
    await expect(store.write(batchOf(rows))).rejects.toMatchObject({ code: 'refused', retryable: false });
    expect(await store.count('typed', 10, 40)).toBe(2);

    const policy = `CREATE RETENTION POLICY short ON "${bucket}" DURATION 1h REPLICATION 1 DEFAULT`;
    await fetch(`${url}/query?${new URLSearchParams({ q: policy })}`, { method: 'POST' });
    await expect(store.write(batchOf(rows.slice(0, 1)))).rejects.toMatchObject({
      code: 'refused',
      retryable: false,
    });
    await fetch(`${url}/query?${new URLSearchParams({ q: `DROP RETENTION POLICY short ON "${bucket}"` })}`, {
      method: 'POST',
    });
  });

  it('makes a missing database and says which server it is', async () => {
    const store = await openInfluxReadingStore({ url, bucket: `${bucket}, new "one"`, log: createLogBook() });
    expect(await store.ready()).toMatch(/^InfluxDB v?\d+\.\d+/);
    expect(await store.count('nobody', 0, 1)).toBe(0);
  });
});

async function openStore(): Promise<StoreUnderTest> {
  const store = await openInfluxReadingStore({ url, bucket, log: createLogBook() });
  return {
    store,
    async reopen() {
      await store.close();
      return await openStore();
    },
    dispose: () => store.close(),
  };
}
