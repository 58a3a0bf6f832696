import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJournalReader } from '../../adapters/journal/open-journal-reader.ts';
import type { Journal } from '../../core/ports/journal.ts';
import { type ReadingBatch, ReadingStoreError } from '../../core/ports/reading-store.ts';
import { rowOf } from '../../ingest/batch-builder.ts';
import { createDeadLetters } from '../../ingest/dead-letter.ts';
import { createStoreWriter, type StoreWriter } from '../../ingest/store-writer.ts';
import { eventually } from '../support/eventually.ts';
import { appended, openTestJournal, withDirectory } from '../support/journal.ts';
import { createLogBook, createMeter } from '../support/quiet.ts';
import { smallSite } from '../support/small-site.ts';

const SITE = 'court';
const topic = (device: string, kind = 'telemetry') => `relight/${SITE}/${device}/${kind}`;

interface World {
  readonly directory: string;
  readonly journal: Journal;
  readonly writer: StoreWriter;
  readonly log: ReturnType<typeof createLogBook>;
  readonly telemetry: ReturnType<typeof createMeter>;
  readonly passed: number[];
  send(device: string, payload: unknown, kind?: string): Promise<void>;
}

async function withWriter(
  write: (batch: ReadingBatch) => Promise<void>,
  use: (world: World) => Promise<void>,
  batchRows = 5_000,
): Promise<void> {
  await withDirectory(async (directory) => {
    const journal = await openTestJournal(directory, { readers: ['store'] });
    const reader = openJournalReader(directory);
    const log = createLogBook();
    const telemetry = createMeter();
    const passed: number[] = [];
    const writer = createStoreWriter({
      reader,
      from: 0,
      sites: [smallSite(SITE)],
      profiles: new Map(),
      store: { write },
      deadLetters: createDeadLetters(directory),
      passed: (offset) => passed.push(offset),
      log,
      telemetry,
      batchRows,
      batchDelay_ms: 30,
    });
    await writer.start();
    const send = (device: string, payload: unknown, kind?: string) =>
      appended(journal, topic(device, kind), JSON.stringify(payload));
    try {
      await use({ directory, journal, writer, log, telemetry, passed, send });
    } finally {
      await writer.stop();
      await reader.close();
      await journal.close();
    }
  });
}

function rowsOf(batch: ReadingBatch): Record<string, unknown>[] {
  return Array.from(batch.ts, (_, row) => {
    const { arrival, ...rest } = rowOf(batch, row);
    expect(arrival).toBeGreaterThan(1_700_000_000_000);
    return rest;
  });
}

/** A store that keeps rows the way every store does: by (device, ts). */
function createRowStore() {
  const rows = new Map<string, unknown>();
  return {
    rows,
    async write(batch: ReadingBatch) {
      for (const row of rowsOf(batch)) rows.set(`${row.device} ${row.ts}`, row);
    },
  };
}

describe('the writer of readings', () => {
  it('stores telemetry and uploaded history by their own times, and passes what holds no reading', () => {
    const store = createRowStore();
    return withWriter(store.write, async ({ journal, send, passed }) => {
      const at = Date.now();
      await send('m-1', { ts: at, voltage: 230.5, power: 12, mode: 'auto' });
      await send('m-2', { ts: at + 1, voltage: 229 });
      await send('m-1', { ts: at, type: 'power_lost' }, 'event');
      await send('m-1', 'no object');
      await send(
        'm-3',
        [
          { ts: at - 3_600_000, voltage: 1 },
          { ts: at - 1_800_000, energy: 2 },
        ],
        'history',
      );
      await appended(journal, '', '', 'tick');
      await eventually(() => passed.at(-1)).toBe(journal.committedEnd());
      expect([...store.rows.values()]).toEqual([
        { site: SITE, device: 'm-1', ts: at, fields: { voltage: 230.5, power: 12 } },
        { site: SITE, device: 'm-2', ts: at + 1, fields: { voltage: 229 } },
        { site: SITE, device: 'm-3', ts: at - 3_600_000, fields: { voltage: 1 } },
        { site: SITE, device: 'm-3', ts: at - 1_800_000, fields: { energy: 2 } },
      ]);
    });
  });

  it('writes in batches, and passes only what is written', () => {
    const sizes: number[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const write = async (batch: ReadingBatch) => {
      sizes.push(batch.ts.length);
      await gate;
    };
    return withWriter(
      write,
      async ({ send, passed, writer, journal }) => {
        const at = Date.now();
        await Promise.all(Array.from({ length: 1_000 }, (_, n) => send('m-1', { ts: at + n, power: n })));
        await eventually(() => sizes.length).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 100));
        expect(passed).toEqual([]);
        release();
        await eventually(() => writer.status().rows).toBe(1_000);
        expect(passed.at(-1)).toBe(journal.committedEnd());
        expect(Math.max(...sizes)).toBeLessThanOrEqual(300);
        expect(sizes.length).toBeLessThan(8);
      },
      300,
    );
  });

  it('waits for a store that is down and then stores everything once', () => {
    const store = createRowStore();
    let failures = 2;
    const write = async (batch: ReadingBatch) => {
      await store.write(batch);
      failures -= 1;
      if (failures >= 0) throw new ReadingStoreError('unreachable', 'answer lost', { retryable: true });
    };
    return withWriter(write, async ({ send, writer, telemetry, log }) => {
      await send('m-1', { ts: Date.now(), power: 1 });
      await eventually(() => writer.status().error).toBe('unreachable');
      expect(telemetry.gauges.get('relight_reading_store_down')).toBe(1);
      await eventually(() => writer.status().rows).toBe(1);
      expect(writer.status().error).toBeNull();
      expect(telemetry.gauges.get('relight_reading_store_down')).toBe(0);
      expect(log.lines.filter((line) => line.level === 'error')).toHaveLength(1);
      expect(store.rows.size).toBe(1);
    });
  });

  it('puts only the rows at fault aside, readable, and stores the rest', () => {
    const store = createRowStore();
    const write = async (batch: ReadingBatch) => {
      if (rowsOf(batch).some((row) => JSON.stringify(row).includes('"power":13}'))) {
        throw new ReadingStoreError('refused', 'unlucky', { retryable: false });
      }
      await store.write(batch);
    };
    return withWriter(write, async ({ send, writer, directory, telemetry }) => {
      const at = Date.now();
      await Promise.all(Array.from({ length: 40 }, (_, n) => send('m-1', { ts: at + n, power: n })));
      await eventually(() => writer.status().rows).toBe(40);
      expect(store.rows.size).toBe(39);
      const dead = (await readFile(join(directory, 'dead-letters.jsonl'), 'utf8')).trim().split('\n');
      expect(dead.map((line) => JSON.parse(line))).toMatchObject([
        { device: 'm-1', ts: at + 13, fields: { power: 13 } },
      ]);
      expect(telemetry.counts.get('relight_readings_dead_total')).toBe(1);
    });
  });

  it('keeps everything in the journal when the store refuses every row', () => {
    const write = async () => {
      throw new ReadingStoreError('refused', 'no rights', { retryable: false });
    };
    return withWriter(write, async ({ send, writer, directory, passed }) => {
      const at = Date.now();
      await Promise.all(Array.from({ length: 100 }, (_, n) => send('m-1', { ts: at + n, power: n })));
      await eventually(() => writer.status().error).toBe('refused');
      expect(passed).toEqual([]);
      await expect(readFile(join(directory, 'dead-letters.jsonl'))).rejects.toMatchObject({ code: 'ENOENT' });
    });
  });

  it('decodes by the site as the journal brings it', () => {
    const store = createRowStore();
    return withWriter(store.write, async ({ journal, send, passed }) => {
      const at = Date.now();
      const site = smallSite(SITE, 9);
      await send('m-9', { ts: at, power: 1 });
      const record = { id: 'x', type: 'site', version: 2, site, afresh: false };
      await appended(journal, SITE, JSON.stringify(record), 'command');
      await send('m-9', { ts: at + 1, power: 2 });
      await eventually(() => passed.at(-1)).toBe(journal.committedEnd());
      expect([...store.rows.keys()]).toEqual([`m-9 ${at + 1}`]);
    });
  });
});
