import { describe, expect, it } from 'vitest';
import { type JournalDisk, NODE_DISK } from '../../../adapters/journal/disk.ts';
import { eventually } from '../../support/eventually.ts';
import { appended, openTestJournal, readAll, textsOf, withDirectory } from '../../support/journal.ts';
import { createLogBook, createMeter } from '../../support/quiet.ts';

const KIB = 'x'.repeat(1_024);

describe('a journal at its limit', () => {
  it('holds senders back when full, says so once, drops nothing, and goes on when a reader has passed', () =>
    withDirectory(async (directory) => {
      const log = createLogBook();
      const telemetry = createMeter();
      const journal = await openTestJournal(directory, {
        segment_bytes: 2_000,
        limit_bytes: 8_000,
        log,
        telemetry,
      });
      let acknowledged = 0;
      const all = Array.from({ length: 40 }, async (_, index) => {
        // One group each, so that the limit is met in the middle.
        await new Promise((resolve) => setTimeout(resolve, index * 5));
        await appended(journal, 't', `${index} ${KIB}`);
        acknowledged += 1;
      });
      await eventually(() => journal.fill().held).toBe('full');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(acknowledged).toBeLessThan(10);
      expect(journal.fill().bytes).toBeLessThanOrEqual(8_000);
      expect(telemetry.gauges.get('relight_journal_full')).toBe(1);
      expect(log.lines.filter((line) => line.level === 'error')).toHaveLength(1);

      const seen: string[] = [];
      let offset = 0;
      while (seen.length < 40) {
        const records = await readAll(journal, offset);
        seen.push(...textsOf(records).map((text) => text.split(' ')[0] ?? ''));
        offset = (records.at(-1)?.offset ?? offset - 1) + 1;
        await journal.passed('detect', offset);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await Promise.all(all);
      expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => String(index)));
      expect(telemetry.gauges.get('relight_journal_full')).toBe(0);
      await journal.close();
    }));

  it('survives a full disk: nothing is acknowledged meanwhile, everything afterwards, once', () =>
    withDirectory(async (directory) => {
      const disk = createFillingDisk();
      const log = createLogBook();
      const journal = await openTestJournal(directory, { disk, log });
      await appended(journal, 't', 'before');
      disk.full = true;
      let acknowledged = 0;
      const during = ['one', 'two', 'three'].map(async (text) => {
        await appended(journal, 't', text);
        acknowledged += 1;
      });
      await eventually(() => journal.fill().held).toBe('failed');
      await new Promise((resolve) => setTimeout(resolve, 350));
      expect(acknowledged).toBe(0);
      disk.full = false;
      await Promise.all(during);
      expect(journal.fill().held).toBe('no');
      expect(log.lines.filter((line) => line.level === 'error')).toHaveLength(1);
      await journal.close();
      const again = await openTestJournal(directory);
      expect(textsOf(await readAll(again))).toEqual(['before', 'one', 'two', 'three']);
      await again.close();
    }));

  it('closes while the disk is full and tells the waiting that they were not taken', () =>
    withDirectory(async (directory) => {
      const disk = createFillingDisk();
      const journal = await openTestJournal(directory, { disk });
      await appended(journal, 't', 'before');
      disk.full = true;
      const waiting = appended(journal, 't', 'x');
      const refused = expect(waiting).rejects.toMatchObject({ code: 'journal_failed' });
      await eventually(() => journal.fill().held).toBe('failed');
      await journal.close();
      await refused;
      const again = await openTestJournal(directory);
      expect(textsOf(await readAll(again))).toEqual(['before']);
      await again.close();
    }));
});

/** The real file system, until it is full: then half of a write still lands, as on a real one. */
function createFillingDisk(): JournalDisk & { full: boolean } {
  const disk = {
    full: false,
    async create(directory: string, path: string) {
      const file = await NODE_DISK.create(directory, path);
      return {
        ...file,
        async write(buffers: readonly Buffer[], position: number) {
          if (!isFull()) return file.write(buffers, position);
          const all = Buffer.concat(buffers);
          await file.write([all.subarray(0, all.length >> 1)], position);
          throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        },
      };
    },
  };
  const isFull = (): boolean => disk.full;
  return disk;
}
