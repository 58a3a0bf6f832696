import { open, readFile, stat, unlink } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { JournalError } from '../../core/ports/journal.ts';
import { syncDirectory } from './disk.ts';
import { isIntact, RECORD_HEAD_BYTES, recordBytes, startsGroup, timeOf } from './record.ts';
import { decodeSegmentHead, listSegments, SEGMENT_HEAD_BYTES, type SegmentName } from './segment.ts';

/** About 10 ms of checking. */
const RECORDS_BETWEEN_YIELDS = 20_000;

/** A segment nothing is written to any more. */
export interface SealedSegment {
  readonly first: number;
  readonly end: number;
  readonly path: string;
  readonly bytes: number;
}

export interface Recovered {
  readonly segments: SealedSegment[];
  /** What the next record's offset must reach at least. */
  readonly end: number;
  /** Time of the last record; 0 for an empty journal. */
  readonly lastAt: number;
  /** Bytes of an unfinished write that were cut off the newest segment. */
  readonly torn_bytes: number;
}

/** Brings a directory back to a journal of whole records after any end of its last writer. */
export async function recoverSegments(directory: string): Promise<Recovered> {
  const names = await listSegments(directory);
  const newest = await recoverNewest(directory, names);
  if (newest === null) return { segments: [], end: 0, lastAt: 0, torn_bytes: 0 };

  const segments = [newest.segment];
  let after = newest.head.previousEnd;
  for (const name of names.slice(0, -1).reverse()) {
    const head = await readHead(name.path);
    if (head === null || head.first !== name.first)
      throw corrupt(name.path, 0, 'the segment head is damaged');
    segments.push({ first: name.first, end: after, path: name.path, bytes: (await stat(name.path)).size });
    after = head.previousEnd;
  }
  return {
    segments: segments.reverse(),
    end: newest.segment.end,
    lastAt: newest.lastAt,
    torn_bytes: newest.torn_bytes,
  };
}

/** The newest segment that holds a record; one whose very first write was interrupted holds none and is removed. */
async function recoverNewest(directory: string, names: SegmentName[]) {
  for (let name = names.at(-1); name !== undefined; name = names.at(-1)) {
    const bytes = await readFile(name.path);
    const head = decodeSegmentHead(bytes);
    if (head !== null && head.first !== name.first)
      throw corrupt(name.path, 0, 'its head names another segment');
    const whole = head === null ? { ordinal: 0, bytes: 0, lastAt: 0 } : await wholeRecords(bytes);
    if (groupBegins(bytes, whole.bytes, whole.ordinal - 1)) {
      throw corrupt(name.path, whole.bytes, 'a record is damaged and later writes follow it');
    }
    if (head !== null && whole.ordinal > 0) {
      const torn_bytes = bytes.length - whole.bytes;
      if (torn_bytes > 0) await cutOff(name.path, whole.bytes);
      const segment = {
        first: name.first,
        end: name.first + whole.ordinal,
        path: name.path,
        bytes: whole.bytes,
      };
      return { segment, head, lastAt: whole.lastAt, torn_bytes };
    }
    await unlink(name.path);
    await syncDirectory(directory);
    names.pop();
  }
  return null;
}

async function readHead(path: string) {
  const handle = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(SEGMENT_HEAD_BYTES);
    const { bytesRead } = await handle.read(bytes, 0, SEGMENT_HEAD_BYTES, 0);
    return decodeSegmentHead(bytes.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

async function wholeRecords(bytes: Buffer) {
  let at = SEGMENT_HEAD_BYTES;
  let ordinal = 0;
  let lastAt = 0;
  while (isIntact(bytes, at, ordinal)) {
    lastAt = timeOf(bytes, at);
    at += recordBytes(bytes, at) ?? 0;
    ordinal += 1;
    if (ordinal % RECORDS_BETWEEN_YIELDS === 0) await setImmediate();
  }
  return { ordinal, bytes: at, lastAt };
}

async function cutOff(path: string, bytes: number): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.truncate(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * A write starts only after the one before it was synced. So damage followed by the start of a later write was acknowledged
 * data, and cutting it off would lose it; damage followed by none is the write that the crash interrupted.
 */
function groupBegins(bytes: Buffer, from: number, above: number): boolean {
  for (let at = from; at + RECORD_HEAD_BYTES <= bytes.length; at++) {
    const length = recordBytes(bytes, at);
    if (length === null || at + length > bytes.length || !startsGroup(bytes, at)) continue;
    const ordinal = bytes.readUInt32LE(at + 8);
    if (ordinal > above && isIntact(bytes, at, ordinal)) return true;
  }
  return false;
}

export function corrupt(path: string, position: number, what: string): JournalError {
  return new JournalError(
    'journal_corrupt',
    `journal file ${path} is damaged at byte ${position}: ${what}. Restore the file, or move the journal directory away to begin an empty one (what it held and was not yet processed is then lost).`,
  );
}
