import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { appended, openTestJournal, withDirectory } from '../../support/journal.ts';
import { crashJournalWriter } from '../../support/journal-crash.ts';

const READER = fileURLToPath(new URL('../../support/journal-reader-process.ts', import.meta.url));

describe('a journal and other processes', () => {
  it('loses nothing acknowledged when its writer is killed with -9', () =>
    withDirectory(async (directory) => {
      for (const [run, after_ms] of [40, 90, 170].entries()) {
        const result = await crashJournalWriter(directory, after_ms, String(run));
        expect(result.acknowledged).toBeGreaterThan(0);
        expect(result.lost).toBe(0);
      }
    }));

  it('shows every record to a reader in another process, across segments', () =>
    withDirectory(async (directory) => {
      const journal = await openTestJournal(directory, { segment_bytes: 4_000 });
      const expected: string[] = [];
      const reader = spawn(process.execPath, ['--import', 'tsx', READER, directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const output = text(reader.stdout);
      const started = Date.now();
      for (let index = 0; Date.now() - started < 900; index++) {
        expected.push(`${index} ${'y'.repeat(index % 300)}`);
        await appended(journal, 't', expected.at(-1) ?? '');
        if (index % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expected.push('end');
      await appended(journal, 't', 'end');
      expect(JSON.parse(await output)).toEqual(expected);
      await journal.close();
    }));
});
