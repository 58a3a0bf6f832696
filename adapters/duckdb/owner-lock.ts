import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Wall clocks may be stepped a little while a process runs. */
const SAME_START_MS = 5_000;

export interface OwnerLock {
  /** Another process that is alive and has the directory open. */
  readonly other: number | null;
  release(): void;
}

/**
 * DuckDB keeps other processes out by a file lock, which says nothing within one process, where a second opener
 * would spoil the file unnoticed. So each process leaves a note with its number and start time.
 * Returns null when this very process has the directory open already.
 */
export function takeOwnerLock(directory: string): OwnerLock | null {
  const mine = join(directory, `open-${process.pid}.lock`);
  const started = Date.now() - process.uptime() * 1000;
  if (!writeNew(mine, started)) {
    if (Math.abs(startedAt(mine) - started) < SAME_START_MS) return null;
    rmSync(mine, { force: true });
    if (!writeNew(mine, started)) return null;
  }
  return { other: otherOwner(directory), release: () => rmSync(mine, { force: true }) };
}

function writeNew(file: string, started: number): boolean {
  try {
    writeFileSync(file, String(started), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function startedAt(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return Number.NaN;
  }
}

/** Notes of dead processes are swept away on the look-out. */
function otherOwner(directory: string): number | null {
  for (const name of readdirSync(directory)) {
    const pid = Number(/^open-(\d+)\.lock$/.exec(name)?.[1]);
    if (Number.isNaN(pid) || pid === process.pid) continue;
    if (isAlive(pid)) return pid;
    rmSync(join(directory, name), { force: true });
  }
  return null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
