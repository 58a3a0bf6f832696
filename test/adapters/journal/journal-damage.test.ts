import { cp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appended, openTestJournal, readAll, textsOf, withDirectory } from '../../support/journal.ts';

async function writeThree(directory: string, segment_bytes = 1 << 20): Promise<string> {
  const journal = await openTestJournal(directory, { segment_bytes });
  for (const text of ['first', 'second', 'the third and last one'])
    await appended(journal, 'relight/s/m/event', text);
  await journal.close();
  const [oldest = ''] = (await readdir(directory)).filter((name) => name.endsWith('.segment')).sort();
  return join(directory, oldest);
}

describe('a damaged journal', () => {
  it('is cut back to its last whole record wherever the crash tore the last one', () =>
    withDirectory(async (parent) => {
      const whole = join(parent, 'whole');
      const path = await writeThree(whole);
      const bytes = await readFile(path);
      const lastStart = bytes.lastIndexOf('relight/s/m/event') - 24;
      for (let length = lastStart; length < bytes.length; length++) {
        const directory = join(parent, String(length));
        await cp(whole, directory, { recursive: true });
        await truncate(path.replace(whole, directory), length);
        const journal = await openTestJournal(directory);
        expect(textsOf(await readAll(journal))).toEqual(['first', 'second']);
        await appended(journal, 't', 'after');
        expect(textsOf(await readAll(journal))).toEqual(['first', 'second', 'after']);
        await journal.close();
      }
    }));

  it('loses only the torn record when pages of the last write are zero', () =>
    withDirectory(async (directory) => {
      const path = await writeThree(directory);
      const bytes = await readFile(path);
      bytes.fill(0, bytes.lastIndexOf('relight/s/m/event') - 24);
      await writeFile(path, Buffer.concat([bytes, Buffer.alloc(4_096)]));
      const journal = await openTestJournal(directory);
      expect(textsOf(await readAll(journal))).toEqual(['first', 'second']);
      await journal.close();
    }));

  it.each([0, 5, 30, 60, 70])('is refused, naming file and byte, when byte %i in its middle changed', (at) =>
    withDirectory(async (directory) => {
      const path = await writeThree(directory);
      const bytes = await readFile(path);
      bytes[at] = (bytes[at] ?? 0) ^ 0x40;
      await writeFile(path, bytes);
      await expect(openTestJournal(directory)).rejects.toMatchObject({ code: 'journal_corrupt' });
      await expect(openTestJournal(directory)).rejects.toThrow(`${path} is damaged at byte`);
      expect(await readFile(path)).toEqual(bytes);
    }),
  );

  it('stops a reader with a clear error at damage in an older segment', () =>
    withDirectory(async (directory) => {
      const path = await writeThree(directory, 10);
      const bytes = await readFile(path);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      await writeFile(path, bytes);
      const journal = await openTestJournal(directory);
      await expect(readAll(journal)).rejects.toMatchObject({ code: 'journal_corrupt' });
      await journal.close();
    }));

  it('forgets a segment whose very first write was interrupted', () =>
    withDirectory(async (directory) => {
      const path = await writeThree(directory);
      await writeFile(join(directory, '9000000000000000.segment'), (await readFile(path)).subarray(0, 11));
      const journal = await openTestJournal(directory);
      expect(textsOf(await readAll(journal))).toHaveLength(3);
      await journal.close();
    }));
});
