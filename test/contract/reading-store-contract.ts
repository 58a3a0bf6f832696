import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type HistoryBucket,
  type HistoryQuery,
  type ReadingStore,
  ReadingStoreError,
} from '../../core/ports/reading-store.ts';
import { historyGrid } from '../../core/readings/history-grid.ts';
import { batchOf, type Row } from '../support/reading-batch.ts';

export interface StoreUnderTest {
  readonly store: ReadingStore;
  /** Closes the store and opens it on the same data. */
  reopen(): Promise<StoreUnderTest>;
  dispose(): Promise<void>;
  /** Brings the data into another shape that must answer the same, e.g. sealed files. */
  reshape?(): Promise<void>;
}

export interface StoreTraits {
  /** Of a repeated instant the later reading replaces the earlier whole; else fields only the earlier had stay. */
  readonly replacesWholeReadings: boolean;
  readonly runs: number;
}

const base = Date.UTC(2026, 0, 5);
const day_ms = 86_400_000;
const hour_ms = 3_600_000;

/** Names that collide with columns, tags and keywords of the stores. */
const fieldNames = [
  'voltage',
  'power',
  'relay',
  'flow_rate',
  'time',
  'site',
  'device',
  'arrival',
  'ts',
  'extra',
  'ref',
  'select',
];

let lastSite = 0;
function newSite(): string {
  lastSite += 1;
  return `site-${process.pid}-${Date.now().toString(36)}-${lastSite}`;
}

export function describeReadingStore(
  name: string,
  traits: StoreTraits,
  open: () => Promise<StoreUnderTest>,
): void {
  describe(`${name} as a store of readings`, () => {
    let under: StoreUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.dispose());

    it('gives back what was written, the later arrival winning, whatever order the instants come in', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(anyRow, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 5 }),
          async (drafts) => {
            const site = newSite();
            const batches = inOrderOfArrival(drafts, site);
            for (const rows of batches) await under.store.write(batchOf(rows));
            const kept = keep(batches.flat(), traits);
            await expectKept(under.store, site, kept);
            if (under.reshape !== undefined) {
              await under.reshape();
              await expectKept(under.store, site, kept);
            }
          },
        ),
        { numRuns: traits.runs },
      );
    });

    it('holds the same after a batch is written again', async () => {
      const site = newSite();
      const rows = [0, 1, 2, 3].map((step) =>
        row(site, step * 1000, { voltage: 230 + step, flow_rate: step }),
      );
      await under.store.write(batchOf(rows));
      await under.store.write(batchOf(rows));
      expect(await under.store.count(site, base, base + hour_ms)).toBe(4);
      await expectKept(under.store, site, keep(rows, traits));
    });

    it('keeps sites apart', async () => {
      const [one, other] = [newSite(), newSite()];
      await under.store.write(
        batchOf([row(one, 0, { voltage: 1 }), row(other, 0, { voltage: 2 }), row(other, 5, { voltage: 3 })]),
      );
      expect(await under.store.count(one, base, base + hour_ms)).toBe(1);
      expect(await under.store.count(other, base, base + hour_ms)).toBe(2);
      expect((await under.store.history(minute(one)))[0]?.max).toEqual([1]);
      await under.store.retain(one, base + 3 * day_ms);
      expect(await under.store.count(one, base, base + hour_ms)).toBe(0);
      expect(await under.store.count(other, base, base + hour_ms)).toBe(2);
    });

    it('leaves out what is absent: NaN, infinities, unknown fields, unknown devices', async () => {
      const site = newSite();
      await under.store.write(
        batchOf([row(site, 0, { voltage: Number.NaN, power: 5, current: Number.POSITIVE_INFINITY })]),
      );
      const [bucket] = await under.store.history({
        ...minute(site),
        fields: ['voltage', 'power', 'current', 'never_sent'],
      });
      expect(bucket).toEqual({
        at: base,
        count: 1,
        min: [null, 5, null, null],
        max: [null, 5, null, null],
        mean: [null, 5, null, null],
      });
      expect(await under.store.history({ ...minute(site), device: 'nobody' })).toEqual([]);
      expect(await under.store.history({ ...minute(newSite()) })).toEqual([]);
    });

    it('counts a reading without any field', async () => {
      const site = newSite();
      await under.store.write(batchOf([row(site, 0, { voltage: Number.NaN }), row(site, 1, { voltage: 4 })]));
      expect(await under.store.count(site, base, base + 10)).toBe(2);
      expect((await under.store.history(minute(site))).map(({ count }) => count)).toEqual([2]);
    });

    it('lets a dip of one reading survive in a day of them', async () => {
      const site = newSite();
      const rows = Array.from({ length: 2880 }, (_, step) =>
        row(site, step * 30_000, { voltage: step === 1234 ? 12.5 : 230 }),
      );
      await under.store.write(batchOf(rows));
      for (const shape of ['as written', 'reshaped']) {
        if (shape === 'reshaped') await under.reshape?.();
        for (const buckets of [1, 24, 96]) {
          const found = await under.store.history({
            site,
            device: 'm',
            fields: ['voltage'],
            from: base,
            to: base + day_ms,
            buckets,
          });
          expect(found.length).toBe(buckets);
          expect(Math.min(...found.map(({ min }) => min[0] ?? Number.NaN))).toBe(12.5);
          expect(found.filter(({ min }) => min[0] === 12.5)).toHaveLength(1);
          expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(2880);
        }
      }
    });

    it('answers any range and number of buckets as the readings themselves would', async () => {
      const site = newSite();
      const rows = Array.from({ length: 900 }, (_, step) =>
        row(
          site,
          step * 311_000 + (step % 7),
          step % 3 === 0 ? { voltage: 200 + (step % 60) } : { voltage: 210, flow_rate: step },
        ),
      );
      await under.store.write(batchOf(rows));
      await under.reshape?.();
      const late = [row(site, 311_000 * 40 + 5, { voltage: 900 }), row(site, day_ms + 7, { flow_rate: -9 })];
      await under.store.write(batchOf(late.map((one) => ({ ...one, arrival: one.arrival + 10 * day_ms }))));
      const kept = keep([...rows, ...late], traits);
      const instant = fc.integer({ min: base - hour_ms, max: base + 4 * day_ms });
      await fc.assert(
        fc.asyncProperty(instant, instant, fc.integer({ min: 1, max: 400 }), async (one, other, buckets) => {
          const query = {
            site,
            device: 'm',
            fields: ['voltage', 'flow_rate'],
            from: Math.min(one, other),
            to: Math.max(one, other),
            buckets,
          };
          const found = await under.store.history(query);
          expect(found.length).toBeLessThanOrEqual(buckets);
          expectClose(found, bucketsOf(kept, query));
          expect(await under.store.count(site, query.from, query.to)).toBe(inRange(kept, query).length);
        }),
        { numRuns: traits.runs },
      );
    });

    it('forgets what is older than it is told to, and nothing newer', async () => {
      const site = newSite();
      const rows = Array.from({ length: 10 }, (_, step) => row(site, step * day_ms, { voltage: step }));
      await under.store.write(batchOf(rows.slice(0, 5)));
      await under.reshape?.();
      await under.store.write(batchOf(rows.slice(5)));
      const before = base + 6.5 * day_ms;
      await under.store.retain(site, before);
      expect(await under.store.count(site, base, before - day_ms)).toBe(0);
      expect(await under.store.count(site, before, base + 20 * day_ms)).toBe(3);
      expect(
        (await under.store.history({ ...minute(site), to: base + 10 * day_ms, buckets: 10 })).at(-1)?.max,
      ).toEqual([9]);
    });

    it('refuses an unfit batch for good', async () => {
      const sound = batchOf([row(newSite(), 0, { voltage: 1 })]);
      for (const unfit of [
        { ...sound, ts: new Float64Array(2) },
        { ...sound, ts: Float64Array.of(Number.NaN) },
        { ...sound, device: Uint32Array.of(9) },
        { ...sound, fields: ['voltage', 'power'] },
        { ...sound, fields: ['volt\nage'] },
        { ...sound, devices: [{ site: 'a\nb', device: 'c' }] },
      ]) {
        const error = await under.store.write(unfit).catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(ReadingStoreError);
        expect(error).toMatchObject({ code: 'refused', retryable: false });
      }
    });

    it('keeps everything over a restart', async () => {
      const site = newSite();
      const rows = [0, 1, 2].map((step) => row(site, step * day_ms, { voltage: step, flow_rate: -step }));
      await under.store.write(batchOf(rows));
      under = await under.reopen();
      expect(await under.store.count(site, base, base + 3 * day_ms)).toBe(3);
      expect(await under.store.ready()).toMatch(/\d+\.\d+/);
      const found = await under.store.history({
        site,
        device: 'm',
        fields: ['flow_rate'],
        from: base,
        to: base + 3 * day_ms,
        buckets: 3,
      });
      expect(found.map(({ mean }) => mean[0])).toEqual([0, -1, -2]);
    });
  });
}

function row(site: string, offset_ms: number, fields: Row['fields']): Row {
  return { site, device: 'm', ts: base + offset_ms, arrival: base + offset_ms + 50, fields };
}

function minute(site: string): HistoryQuery {
  return { site, device: 'm', fields: ['voltage'], from: base, to: base + 60_000, buckets: 1 };
}

/** Minus zero is zero to every store. */
const measured = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => (value === 0 ? 0 : value));

const anyRow = fc.record({
  device: fc.constantFrom('m', 'm-1', 'M', 'a.b_c-D'),
  second: fc.integer({ min: 0, max: 19 }),
  fields: fc.dictionary(fc.constantFrom(...fieldNames), measured, {
    minKeys: 1,
    maxKeys: 6,
  }),
});

function inOrderOfArrival(
  drafts: readonly (readonly { device: string; second: number; fields: Record<string, number> }[])[],
  site: string,
): readonly (readonly Row[])[] {
  let arrival = base + 60_000;
  return drafts.map((batch) =>
    batch.map(({ device, second, fields }) => {
      arrival += 1;
      return { site, device, ts: base + second * 1000, arrival, fields };
    }),
  );
}

/** What must be there after these rows came, in this order. */
function keep(rows: readonly Row[], traits: StoreTraits): readonly Row[] {
  const kept = new Map<string, Row>();
  for (const next of rows) {
    const key = `${next.device} ${next.ts}`;
    const earlier = traits.replacesWholeReadings ? {} : kept.get(key)?.fields;
    kept.set(key, { ...next, fields: { ...earlier, ...next.fields } });
  }
  return [...kept.values()];
}

async function expectKept(store: ReadingStore, site: string, kept: readonly Row[]): Promise<void> {
  expect(await store.count(site, base, base + 60_000)).toBe(kept.length);
  for (const device of new Set(kept.map((one) => one.device))) {
    const found = await store.history({
      site,
      device,
      fields: fieldNames,
      from: base,
      to: base + 20_000,
      buckets: 20,
    });
    const expected = kept.filter((one) => one.device === device).sort((a, b) => a.ts - b.ts);
    expect(found).toEqual(
      expected.map(({ ts, fields }) => {
        const values = fieldNames.map((field) => (fields[field] === undefined ? null : fields[field] + 0));
        return { at: ts, count: 1, min: values, max: values, mean: values };
      }),
    );
  }
}

function inRange(
  rows: readonly Row[],
  { from, to }: { readonly from: number; readonly to: number },
): readonly Row[] {
  return rows.filter(({ ts }) => ts >= from && ts < to);
}

function bucketsOf(rows: readonly Row[], query: HistoryQuery): readonly HistoryBucket[] {
  const grid = historyGrid(query.from, query.to, query.buckets);
  const groups = new Map<number, Row[]>();
  for (const one of inRange(rows, query)) {
    const bucket = Math.floor((one.ts - grid.origin) / grid.width_ms);
    groups.set(bucket, [...(groups.get(bucket) ?? []), one]);
  }
  return [...groups]
    .sort(([one], [other]) => one - other)
    .map(([bucket, group]) => {
      const columns = query.fields.map((field) =>
        group.map((one) => one.fields[field]).filter((value) => value !== undefined),
      );
      return {
        at: Math.max(query.from, grid.origin + bucket * grid.width_ms),
        count: group.length,
        min: columns.map((values) => (values.length === 0 ? null : Math.min(...values))),
        max: columns.map((values) => (values.length === 0 ? null : Math.max(...values))),
        mean: columns.map((values) =>
          values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length,
        ),
      };
    });
}

/** Sums are taken in another order, so means differ in the last digits. */
function expectClose(found: readonly HistoryBucket[], expected: readonly HistoryBucket[]): void {
  const rounded = (buckets: readonly HistoryBucket[]) =>
    buckets.map((bucket) => ({
      ...bucket,
      mean: bucket.mean.map((mean) => (mean === null ? null : Math.round(mean * 1e6) / 1e6)),
    }));
  expect(rounded(found)).toEqual(rounded(expected));
}
