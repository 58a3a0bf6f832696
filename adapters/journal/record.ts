import { crc32 } from 'node:zlib';
import type { JournalKind, JournalRecord } from '../../core/ports/journal.ts';

/**
 * One record on disk, little endian:
 * u32 length of what follows the first 8 bytes · u32 CRC-32 of the same · u32 ordinal in the segment · u8 kind · u8 flags ·
 * u16 topic bytes · f64 at · topic (UTF-8) · payload.
 */
export const RECORD_HEAD_BYTES = 24;
const PREFIX_BYTES = 8;
const LEAST_LENGTH = RECORD_HEAD_BYTES - PREFIX_BYTES;
/** A whole site file is the longest record there is; above this a length field is damage. */
export const RECORD_MAX_BYTES = 128 * 1024 * 1024;

const FLAG_STORED = 1;
/** First record of one write: everything before it in the file had been synced when it was written. */
const FLAG_GROUP_START = 2;

const KINDS: readonly JournalKind[] = ['message', 'command', 'tick'];

export interface RecordFacts {
  readonly ordinal: number;
  readonly kind: JournalKind;
  readonly at: number;
  readonly topic: string;
  readonly stored: boolean;
  readonly groupStart: boolean;
}

/** The most bytes the record can take; its true size may be smaller where the topic is plain ASCII. */
export function roomFor(topic: string, payload: Uint8Array): number {
  return RECORD_HEAD_BYTES + topic.length * 3 + payload.length;
}

/** Writes the record at `start` and gives its end; `into` must have {@link roomFor} it. */
export function encodeRecord(into: Buffer, start: number, facts: RecordFacts, payload: Uint8Array): number {
  const topicBytes = into.write(facts.topic, start + RECORD_HEAD_BYTES, 'utf8');
  const payloadStart = start + RECORD_HEAD_BYTES + topicBytes;
  const end = payloadStart + payload.length;
  into.set(payload, payloadStart);
  into.writeUInt32LE(end - start - PREFIX_BYTES, start);
  into.writeUInt32LE(facts.ordinal, start + 8);
  into[start + 12] = KINDS.indexOf(facts.kind) + 1;
  into[start + 13] = (facts.stored ? FLAG_STORED : 0) | (facts.groupStart ? FLAG_GROUP_START : 0);
  into.writeUInt16LE(topicBytes, start + 14);
  into.writeDoubleLE(facts.at, start + 16);
  into.writeUInt32LE(crc32(into.subarray(start + PREFIX_BYTES, end)), start + 4);
  return end;
}

/** Bytes of the record that begins at `start`; null when its length field is no length, or not wholly in `from`. */
export function recordBytes(from: Buffer, start: number): number | null {
  if (start + PREFIX_BYTES > from.length) return null;
  const length = from.readUInt32LE(start);
  if (length < LEAST_LENGTH || length > RECORD_MAX_BYTES) return null;
  return length + PREFIX_BYTES;
}

/** Is there a whole, undamaged record with this ordinal at `start`? */
export function isIntact(from: Buffer, start: number, ordinal: number): boolean {
  const bytes = recordBytes(from, start);
  if (bytes === null || start + bytes > from.length) return false;
  if (from.readUInt32LE(start + 8) !== ordinal) return false;
  return crc32(from.subarray(start + PREFIX_BYTES, start + bytes)) === from.readUInt32LE(start + 4);
}

export function startsGroup(from: Buffer, start: number): boolean {
  return ((from[start + 13] ?? 0) & FLAG_GROUP_START) !== 0;
}

export function timeOf(from: Buffer, start: number): number {
  return from.readDoubleLE(start + 16);
}

/** Reads a record known to be intact; its payload shares the buffer's memory. */
export function decodeRecord(from: Buffer, start: number, offset: number): JournalRecord {
  const length = from.readUInt32LE(start);
  const topicBytes = from.readUInt16LE(start + 14);
  const topicStart = start + RECORD_HEAD_BYTES;
  const kind = KINDS[(from[start + 12] ?? 0) - 1];
  if (kind === undefined) throw new RangeError(`unknown record kind ${from[start + 12]}`);
  return {
    offset,
    kind,
    at: from.readDoubleLE(start + 16),
    topic: from.toString('utf8', topicStart, topicStart + topicBytes),
    payload: from.subarray(topicStart + topicBytes, start + PREFIX_BYTES + length),
    stored: ((from[start + 13] ?? 0) & FLAG_STORED) !== 0,
  };
}
