import { openDuckdbReadingStore } from '../adapters/duckdb/open-reading-store.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { HistoryQuery, ReadingStore } from '../core/ports/reading-store.ts';
import { eightFields, fleetBatches } from '../test/support/reading-batch.ts';
import type { Bench, Figure } from './figures.ts';
import { quantileOf } from './figures.ts';
import { removeDirectory, temporaryDirectory } from './platform-process.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A compound's meters, and a year of them. */
const METERS = 300;
const DAYS = 365;
const YEAR_FROM = Date.UTC(2025, 0, 1);
const LAST_DAY = YEAR_FROM + DAYS * DAY_MS;
const AIM_MS = 1_000;
const LOOKS = 60;
/** What a chart of three phases asks for. */
const CHART = { fields: eightFields.slice(0, 3), buckets: 600 };

const log: Logger = { debug() {}, info() {}, warn: console.warn, error: console.error };

/** What a chart waits for: one day of ten-second data and one year of hourly data, each time another meter's. */
export const history: Bench = {
  name: 'history',
  async run(say) {
    const directory = temporaryDirectory();
    const store = await openDuckdbReadingStore({ directory, memoryLimit_mb: 256, limit_bytes: 2e10, log });
    try {
      const hourly = { site: 'h', devices: METERS, from: YEAR_FROM, interval_ms: HOUR_MS };
      for (const batch of fleetBatches({ ...hourly, steps: DAYS * 24 })) await store.write(batch);
      say(`${METERS * DAYS * 24} readings of a year stored`);
      const tenSeconds = { site: 'h', devices: METERS, from: LAST_DAY, interval_ms: 10_000 };
      for (const batch of fleetBatches({ ...tenSeconds, steps: 8_640 })) await store.write(batch);
      say(`${METERS * 8_640} readings of a day stored`);
      const open = await looks(store, { from: LAST_DAY, to: LAST_DAY + DAY_MS }, 8_640);
      const year = await looks(store, { from: YEAR_FROM, to: LAST_DAY }, DAYS * 24);
      // The next day begins, and the busy one becomes a file.
      const next = { site: 'h', devices: METERS, from: LAST_DAY + DAY_MS + HOUR_MS, interval_ms: 10_000 };
      for (const batch of fleetBatches({ ...next, steps: 1 })) await store.write(batch);
      await store.seal();
      const sealed = await looks(store, { from: LAST_DAY, to: LAST_DAY + DAY_MS }, 8_640);
      return [
        figureOf('one day of ten-second data, today', open),
        figureOf('one day of ten-second data, a day gone by', sealed),
        figureOf('one year of hourly data', year),
      ];
    } finally {
      await store.close();
      removeDirectory(directory);
    }
  },
};

/** How long each look takes; every one must find all readings of its meter. */
async function looks(
  store: ReadingStore,
  span: Pick<HistoryQuery, 'from' | 'to'>,
  readings: number,
): Promise<readonly number[]> {
  const took: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const since = performance.now();
    const buckets = await store.history({
      site: 'h',
      device: `m-${(look * 7) % METERS}`,
      ...span,
      ...CHART,
    });
    took.push(performance.now() - since);
    const found = buckets.reduce((sum, { count }) => sum + count, 0);
    if (found !== readings) throw new Error(`${found} of ${readings} readings found`);
  }
  return took;
}

function figureOf(name: string, took: readonly number[]): Figure {
  const p95 = quantileOf(took, 0.95);
  return {
    name: `history, ${name}, ${METERS} meters`,
    value: `${quantileOf(took, 0.5).toFixed(0)} ms median, ${p95.toFixed(0)} ms p95`,
    aim: `${AIM_MS} ms`,
    met: p95 <= AIM_MS,
  };
}
