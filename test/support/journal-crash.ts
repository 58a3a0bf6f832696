import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openTestJournal, readAll } from './journal.ts';

const WRITER = fileURLToPath(new URL('./journal-writer-process.ts', import.meta.url));

export interface CrashResult {
  readonly acknowledged: number;
  readonly lost: number;
  /** Durable although the sender never heard so: it will send them again. */
  readonly unacknowledged: number;
}

/**
 * Kills a process that appends as fast as it can with SIGKILL `after_ms` after its first acknowledgement, and says what of
 * the acknowledged is missing from its journal afterwards.
 */
export async function crashJournalWriter(
  directory: string,
  after_ms: number,
  run: string,
): Promise<CrashResult> {
  const acknowledged = new Set<string>();
  const child = startWriter(directory, run);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let killing = false;
  if (child.stdout === null) throw new Error('the writer has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    for (const id of line.split(' ')) acknowledged.add(id);
    if (!killing) {
      killing = true;
      setTimeout(() => child.kill('SIGKILL'), after_ms);
    }
  }
  await ended;
  if (!killing) throw new Error('the writer ended before it acknowledged anything');

  const journal = await openTestJournal(directory, { segment_bytes: 1 << 20 });
  const found = new Set<string>();
  let at = 0;
  for (const record of await readAll(journal, 0, 2_000)) {
    if (record.at < at) throw new Error('time fell');
    at = record.at;
    found.add(Buffer.from(record.payload).toString('latin1', 0, record.payload.indexOf(32)));
  }
  await journal.close();
  let lost = 0;
  for (const id of acknowledged) if (!found.has(id)) lost += 1;
  const ofThisRun = [...found].filter((id) => id.startsWith(`${run}-`));
  return {
    acknowledged: acknowledged.size,
    lost,
    unacknowledged: ofThisRun.filter((id) => !acknowledged.has(id)).length,
  };
}

function startWriter(directory: string, run: string): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', WRITER, directory, run], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
