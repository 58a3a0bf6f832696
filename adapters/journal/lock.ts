import { readFileSync } from 'node:fs';
import { link, readFile, realpath, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JournalError } from '../../core/ports/journal.ts';

/** Directories this process writes: a lock file of our own process id that is not among them is left from a namesake. */
const ours = new Set<string>();

interface Holder {
  readonly pid: number;
  /** Boot and start time of the process, so that a number used again is not mistaken for it; '' where unknown. */
  readonly born: string;
}

/** Makes this process the directory's only writer; the result gives it up. A lock whose process is gone is taken over. */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const real = await realpath(directory);
  if (ours.has(real)) throw locked(real, process.pid);
  ours.add(real);
  try {
    await takeLock(join(real, 'lock'), real);
  } catch (cause) {
    ours.delete(real);
    throw cause;
  }
  return async () => {
    await unlink(join(real, 'lock')).catch(() => undefined);
    ours.delete(real);
  };
}

async function takeLock(path: string, directory: string): Promise<void> {
  const mine = `${path}.${process.pid}`;
  await writeFile(mine, JSON.stringify({ pid: process.pid, born: birthOf(process.pid) }), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      // A link is made whole or not at all, so nobody ever reads half a lock.
      if (await tryLink(mine, path)) return;
      const text = await readFile(path, 'utf8').catch(() => null);
      if (text === null) continue;
      const holder = parse(text);
      if (holder !== null && lives(holder)) throw locked(directory, holder.pid);
      await removeStale(path, text);
    }
    throw new JournalError(
      'journal_locked',
      `the lock of journal ${directory} kept changing hands; try again`,
    );
  } finally {
    await unlink(mine).catch(() => undefined);
  }
}

/** Two processes may find the same stale lock: only the very file that was read may go. */
async function removeStale(path: string, text: string): Promise<void> {
  const aside = `${path}.stale.${process.pid}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readFile(aside, 'utf8').catch(() => null);
  if (moved !== null && moved !== text) await tryLink(aside, path);
  await unlink(aside).catch(() => undefined);
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw cause;
  }
}

function parse(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number')
      return null;
    return { pid: value.pid, born: 'born' in value && typeof value.born === 'string' ? value.born : '' };
  } catch {
    return null;
  }
}

function lives(holder: Holder): boolean {
  if (holder.pid === process.pid) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (cause) {
    // EPERM: it lives, under another user.
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EPERM')) return false;
  }
  const born = birthOf(holder.pid);
  return born === '' || holder.born === '' || born === holder.born;
}

/** Linux only; elsewhere the process id alone decides. */
function birthOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    // A zombie has ended; its parent has just not looked yet.
    return fields[0] === 'Z' ? 'ended' : `${boot}/${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}

function locked(directory: string, pid: number): JournalError {
  return new JournalError(
    'journal_locked',
    `journal ${directory} is being written by process ${pid}: stop that process, or give this one a data directory of its own`,
  );
}
