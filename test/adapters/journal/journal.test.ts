import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalKind } from '../../../core/ports/journal.ts';
import { eventually } from '../../support/eventually.ts';
import { appended, openTestJournal, readAll, textsOf, withDirectory } from '../../support/journal.ts';
import { realClock } from '../../support/quiet.ts';

const anyRecord = fc.record({
  kind: fc.constantFrom<JournalKind>('message', 'command', 'tick'),
  topic: fc.string({ maxLength: 40, unit: 'grapheme' }),
  payload: fc.uint8Array({ maxLength: 600 }),
  stored: fc.boolean(),
});

describe('journal', () => {
  it('gives back every record in order and byte for byte, before and after it is opened anew', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyRecord, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 40 }),
        (sessions, limit) =>
          withDirectory(async (directory) => {
            const expected: unknown[] = [];
            for (const session of sessions) {
              const journal = await openTestJournal(directory, { segment_bytes: 2_000 });
              const all = session.map((record) => {
                expected.push({ ...record, payload: Buffer.from(record.payload).toString('hex') });
                return appended(journal, record.topic, record.payload, record.kind, record.stored);
              });
              await Promise.all(all);
              const read = await readAll(journal, 0, limit);
              expect(
                read.map(({ kind, topic, payload, stored }) => ({
                  kind,
                  topic,
                  payload: Buffer.from(payload).toString('hex'),
                  stored,
                })),
              ).toEqual(expected);
              expect(read.map((record) => record.offset)).toEqual(
                read.map((record) => record.offset).sort((a, b) => a - b),
              );
              await journal.close();
            }
          }),
      ),
      { numRuns: 25 },
    );
  });

  it('stamps times that never fall, whatever the clock does, even after a restart', () =>
    withDirectory(async (directory) => {
      let now = 1_800_000_000_000;
      let monotonic = 0;
      const clock = { now: () => now, monotonic: () => monotonic };
      const first = await openTestJournal(directory, { clock });
      await appended(first, 't', 'a');
      now -= 60_000;
      await appended(first, 't', 'b');
      monotonic += 100;
      await appended(first, 't', 'c');
      await first.close();
      now -= 60_000;
      const second = await openTestJournal(directory, { clock });
      await appended(second, 't', 'd');
      now += 200_000;
      await appended(second, 't', 'e');
      const times = (await readAll(second)).map((record) => record.at);
      expect(times.map((at) => at - 1_800_000_000_000)).toEqual([0, 0, 50, 50, 80_000]);
      await second.close();
    }));

  it('never uses an offset twice, not even when the directory was lost', async () => {
    let now = 1_800_000_000_000;
    const clock = { ...realClock, now: () => now };
    let last = 0;
    for (let life = 0; life < 2; life++) {
      await withDirectory(async (directory) => {
        const journal = await openTestJournal(directory, { clock });
        for (let index = 0; index < 50; index++) await appended(journal, 't', 'x');
        const offsets = (await readAll(journal)).map((record) => record.offset);
        expect(offsets[0]).toBeGreaterThan(last);
        last = offsets.at(-1) ?? 0;
        await journal.close();
        now += 1;
      });
    }
  });

  it('lets offsets leap while it runs and reads across the leap', () =>
    withDirectory(async (directory) => {
      let now = 1_800_000_000_000;
      const journal = await openTestJournal(directory, { clock: { ...realClock, now: () => now } });
      const before = appended(journal, 't', 'a');
      now += 5;
      journal.leap();
      const after = appended(journal, 't', 'b');
      await Promise.all([before, after]);
      const read = await readAll(journal, 0, 1);
      expect(textsOf(read)).toEqual(['a', 'b']);
      expect((read[1]?.offset ?? 0) - (read[0]?.offset ?? 0)).toBe(5_000);
      expect(journal.lag(0)).toBe(2);
      await journal.close();
      const again = await openTestJournal(directory);
      expect(textsOf(await readAll(again, 0, 1))).toEqual(['a', 'b']);
      await again.close();
    }));

  it('commits a lone record at once and groups what arrives together', () =>
    withDirectory(async (directory) => {
      const journal = await openTestJournal(directory);
      let commits = 0;
      journal.onCommitted(() => {
        commits += 1;
      });
      const started = performance.now();
      await appended(journal, 't', 'alone');
      expect(performance.now() - started).toBeLessThan(500);
      expect(commits).toBe(1);
      await Promise.all(Array.from({ length: 400 }, (_, index) => appended(journal, 't', String(index))));
      expect(commits).toBeLessThan(10);
      await journal.close();
    }));

  it('removes segments once every reader has passed them, and remembers positions', () =>
    withDirectory(async (directory) => {
      const journal = await openTestJournal(directory, {
        readers: ['detect', 'store'],
        segment_bytes: 1_000,
      });
      for (let index = 0; index < 60; index++) await appended(journal, 't', 'x'.repeat(80));
      const segments = await countSegments(directory);
      expect(segments).toBeGreaterThan(4);
      const records = await readAll(journal);
      const half = records[30]?.offset ?? 0;
      await journal.passed('detect', journal.committedEnd());
      expect(await countSegments(directory)).toBe(segments);
      await journal.passed('store', half);
      await eventually(() => countSegments(directory)).toBeLessThan(segments);
      expect((await readAll(journal, half)).length).toBe(30);
      await journal.close();
      const again = await openTestJournal(directory, { readers: ['detect', 'store'] });
      expect(again.position('store')).toBe(half);
      expect(textsOf(await readAll(again, half)).length).toBe(30);
      expect(() => again.position('nobody')).toThrow(/without a reader called nobody/);
      await again.close();
    }));

  it('begins again at the oldest record when the positions are unreadable', () =>
    withDirectory(async (directory) => {
      const journal = await openTestJournal(directory);
      await appended(journal, 't', 'a');
      await journal.passed('detect', journal.committedEnd());
      await journal.close();
      await writeFile(join(directory, 'readers.json'), '{"detect": 17');
      const again = await openTestJournal(directory);
      expect(again.position('detect')).toBe(0);
      await again.close();
    }));

  it('refuses appends after close instead of losing them', () =>
    withDirectory(async (directory) => {
      const journal = await openTestJournal(directory);
      const last = appended(journal, 't', 'taken before close');
      await journal.close();
      await last;
      await expect(appended(journal, 't', 'late')).rejects.toMatchObject({ code: 'journal_closed' });
      const again = await openTestJournal(directory);
      expect(textsOf(await readAll(again))).toEqual(['taken before close']);
      await again.close();
    }));

  it('has one writer; the lock of a process that is gone is taken over', () =>
    withDirectory(async (directory) => {
      const journal = await openTestJournal(directory);
      await expect(openTestJournal(directory)).rejects.toMatchObject({ code: 'journal_locked' });
      const lock = await readFile(join(directory, 'lock'), 'utf8');
      await journal.close();
      // The same process id, born at another time: a namesake of a process that is gone.
      await writeFile(
        join(directory, 'lock'),
        lock.replace(/\d+"\}$/, '1"}').replace(/"pid":\d+/, '"pid":1'),
      );
      const second = await openTestJournal(directory);
      await second.close();
      await writeFile(join(directory, 'lock'), '{"pid": 4194305, "born": ""}');
      const third = await openTestJournal(directory);
      await third.close();
      expect((await readdir(directory)).filter((name) => name.startsWith('lock'))).toEqual([]);
    }));
});

async function countSegments(directory: string): Promise<number> {
  return (await readdir(directory)).filter((name) => name.endsWith('.segment')).length;
}
