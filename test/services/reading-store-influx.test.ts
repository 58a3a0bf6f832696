import { describe, expect, it } from 'vitest';
import { openInfluxReadingStore } from '../../adapters/influx/open-reading-store.ts';
import { describeReadingStore, type StoreUnderTest } from '../contract/reading-store-contract.ts';
import { createLogBook } from '../support/quiet.ts';

const url = process.env.TEST_INFLUX_URL ?? '';
const bucket = `relight_${process.pid}_${Date.now()}`;

describe.skipIf(url === '')('InfluxDB at TEST_INFLUX_URL', () => {
  describeReadingStore('InfluxDB', { replacesWholeReadings: false, runs: 25 }, openStore);

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
