import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';
import type { Site } from '../../core/topology/site.ts';
import { createStoreThread } from '../../ingest/store-thread.main.ts';
import { eventually } from '../support/eventually.ts';
import { appended, openTestJournal, withDirectory } from '../support/journal.ts';
import { createLogBook, createMeter, realClock } from '../support/quiet.ts';
import { smallSite } from '../support/small-site.ts';

const SITE = 'court';

function directoryOf(site: Site): SiteDirectory {
  const stored = { site, version: 1, savedAt: 0 };
  return { get: (id) => (id === SITE ? stored : undefined), all: () => [stored], onChange: () => () => true };
}

async function openThread(directory: string) {
  const journalDirectory = join(directory, 'journal');
  const log = createLogBook();
  const telemetry = createMeter();
  const journal = await openTestJournal(journalDirectory, { readers: ['store'], log, telemetry });
  const thread = createStoreThread({
    settings: {
      kind: 'duckdb',
      directory: join(directory, 'readings'),
      memoryLimit_mb: 128,
      limit_bytes: 1e9,
    },
    journal,
    journalDirectory,
    deadLetterDirectory: directory,
    sites: directoryOf(smallSite(SITE)),
    clock: realClock,
    log,
    telemetry,
  });
  return { journal, thread, telemetry, log };
}

describe('the thread of the readings', () => {
  it(
    'stores what the journal holds, answers queries, and goes on where it stood after a restart',
    () =>
      withDirectory(async (directory) => {
        const at = Date.now() - 60_000;
        const first = await openThread(directory);
        await first.thread.start();
        expect(await first.thread.readings.ready()).toContain('DuckDB');
        const send = (world: typeof first, n: number) =>
          appended(
            world.journal,
            `relight/${SITE}/m-${1 + (n % 6)}/telemetry`,
            JSON.stringify({ ts: at + n, voltage: 200 + n }),
          );
        await Promise.all(Array.from({ length: 3_000 }, (_, n) => send(first, n)));
        await eventually(() => first.thread.readings.count(SITE, at, at + 60_000)).toBe(3_000);
        await eventually(() => first.thread.lag().records).toBe(0);
        const history = await first.thread.readings.history({
          ...{ site: SITE, device: 'm-1', fields: ['voltage'] },
          ...{ from: at, to: at + 3_000, buckets: 10 },
        });
        expect(history.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(500);
        await eventually(() => first.telemetry.counts.get('relight_readings_stored_total')).toBe(3_000);
        await first.thread.stop();
        await Promise.all(Array.from({ length: 100 }, (_, n) => send(first, 3_000 + n)));
        await first.journal.close();

        const second = await openThread(directory);
        expect(second.thread.lag().records).toBe(100);
        await second.thread.start();
        await eventually(() => second.thread.readings.count(SITE, at, at + 60_000)).toBe(3_100);
        await second.thread.stop();
        await second.journal.close();
      }),
    40_000,
  );
});
