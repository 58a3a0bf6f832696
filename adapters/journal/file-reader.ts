import { type FileHandle, open } from 'node:fs/promises';
import type { JournalReader, JournalRecord } from '../../core/ports/journal.ts';
import { JournalError } from '../../core/ports/journal.ts';
import { decodeRecord, isIntact, recordBytes } from './record.ts';
import { corrupt } from './recover.ts';
import { decodeSegmentHead, listSegments, SEGMENT_HEAD_BYTES, type SegmentName } from './segment.ts';

const CHUNK_BYTES = 256 * 1024;
/** Places remembered per segment, so that a reader far from the start of one does not walk through it again. */
const RECORDS_PER_MARK = 4_096;

interface OpenSegment {
  readonly first: number;
  readonly path: string;
  readonly handle: FileHandle;
  /** Byte position of the record with ordinal i * RECORDS_PER_MARK. */
  readonly marks: number[];
  /** Where the last read ended: the next one almost always goes on from there. */
  last: { ordinal: number; position: number };
}

/**
 * Reads the segment files themselves. `end` bounds what may be read; without it everything whole in the files is given,
 * which may include records not yet acknowledged.
 */
export function createFileReader(
  directory: string,
  end: () => number = () => Number.MAX_SAFE_INTEGER,
): JournalReader {
  let segments: readonly SegmentName[] = [];
  let current: OpenSegment | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;

  /** Null while its first write is still under way. */
  async function use(segment: SegmentName, isNewest: boolean): Promise<OpenSegment | null> {
    if (current?.first === segment.first) return current;
    const handle = await open(segment.path, 'r');
    await current?.handle.close();
    current = null;
    const head = Buffer.alloc(SEGMENT_HEAD_BYTES);
    const { bytesRead } = await handle.read(head, 0, SEGMENT_HEAD_BYTES, 0);
    if (decodeSegmentHead(head.subarray(0, bytesRead))?.first !== segment.first) {
      await handle.close();
      if (isNewest) return null;
      throw corrupt(segment.path, 0, 'the segment head is damaged');
    }
    current = {
      first: segment.first,
      path: segment.path,
      handle,
      marks: [SEGMENT_HEAD_BYTES],
      last: { ordinal: 0, position: SEGMENT_HEAD_BYTES },
    };
    return current;
  }

  /** The segment that holds `offset`, or the first one after it where it lies in a leap or was deleted. */
  function locate(offset: number): { segment: SegmentName; next: SegmentName | undefined } | null {
    const after = segments.findIndex((segment) => segment.first > offset);
    const index = after === -1 ? segments.length - 1 : Math.max(0, after - 1);
    const segment = segments[index];
    return segment === undefined ? null : { segment, next: segments[index + 1] };
  }

  async function readOnce(offset: number, limit: number): Promise<readonly JournalRecord[]> {
    if (closed) throw new JournalError('journal_closed', 'the journal reader is closed');
    let wanted = offset;
    for (let pass = 0; pass < 3; pass++) {
      const place = locate(wanted);
      if (place === null || (place.next === undefined && pass === 0)) {
        // The newest known segment may have been followed by another; a directory listing is cheap beside a disk read.
        segments = await listSegments(directory);
      }
      const found = locate(wanted);
      if (found === null) return [];
      let records: readonly JournalRecord[];
      try {
        const segment = await use(found.segment, found.next === undefined);
        if (segment === null) return [];
        records = await readSegment(segment, Math.max(wanted, segment.first), limit, end());
        if (records.length === 0 && found.next !== undefined) await mustBeWhole(segment);
      } catch (cause) {
        if (!isMissing(cause)) throw cause;
        // Deleted since the listing: every reader had passed it.
        segments = await listSegments(directory);
        continue;
      }
      if (records.length > 0 || found.next === undefined) return records;
      wanted = found.next.first;
      pass = 0;
      if (wanted >= end()) return [];
    }
    return [];
  }

  return {
    read(offset, limit) {
      const result = queue.then(() => readOnce(offset, limit));
      queue = result.catch(() => undefined);
      return result;
    },
    async close() {
      closed = true;
      await queue;
      await current?.handle.close();
      current = null;
    },
  };
}

async function readSegment(
  segment: OpenSegment,
  from: number,
  limit: number,
  end: number,
): Promise<readonly JournalRecord[]> {
  const wanted = from - segment.first;
  let { ordinal, position } = startBefore(segment, wanted);
  const records: JournalRecord[] = [];
  let chunk = await readChunk(segment, position, CHUNK_BYTES);
  let at = 0;
  while (records.length < limit && segment.first + ordinal < end) {
    const bytes = recordBytes(chunk, at);
    if (bytes === null || at + bytes > chunk.length) {
      if (at === 0 && (bytes === null || chunk.length < CHUNK_BYTES)) break;
      chunk = await readChunk(segment, position, Math.max(CHUNK_BYTES, bytes ?? 0));
      at = 0;
      if (chunk.length < (recordBytes(chunk, 0) ?? Number.POSITIVE_INFINITY)) break;
      continue;
    }
    if (!isIntact(chunk, at, ordinal)) break;
    if (ordinal >= wanted) records.push(decodeRecord(chunk, at, segment.first + ordinal));
    at += bytes;
    position += bytes;
    ordinal += 1;
    if (ordinal % RECORDS_PER_MARK === 0) segment.marks[ordinal / RECORDS_PER_MARK] = position;
  }
  segment.last = { ordinal, position };
  return records;
}

function startBefore(segment: OpenSegment, wanted: number): { ordinal: number; position: number } {
  if (segment.last.ordinal <= wanted && segment.last.ordinal > 0) return segment.last;
  const mark = Math.min(Math.floor(wanted / RECORDS_PER_MARK), segment.marks.length - 1);
  return { ordinal: mark * RECORDS_PER_MARK, position: segment.marks[mark] ?? SEGMENT_HEAD_BYTES };
}

/** A fresh buffer each time: the records handed out keep pointing into it. */
async function readChunk(segment: OpenSegment, position: number, bytes: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafeSlow(bytes);
  const { bytesRead } = await segment.handle.read(chunk, 0, bytes, position);
  return chunk.subarray(0, bytesRead);
}

/** In a sealed segment nothing may follow the last whole record. */
async function mustBeWhole(segment: OpenSegment): Promise<void> {
  const { size } = await segment.handle.stat();
  if (segment.last.position < size) throw corrupt(segment.path, segment.last.position, 'a record is damaged');
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
