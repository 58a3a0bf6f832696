import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * A segment file begins with: 'RLJ1' · u32 CRC-32 of the 16 bytes after it · f64 offset of its first record · f64 end of the
 * segment before it, so that how many records a sealed segment holds is known without reading it.
 */
export const SEGMENT_HEAD_BYTES = 24;
const MAGIC = Buffer.from('RLJ1', 'latin1');
const NAME = /^(\d{16})\.segment$/;

export interface SegmentHead {
  readonly first: number;
  readonly previousEnd: number;
}

export interface SegmentName {
  readonly first: number;
  readonly path: string;
}

export function segmentPath(directory: string, first: number): string {
  return join(directory, `${String(first).padStart(16, '0')}.segment`);
}

export function encodeSegmentHead(head: SegmentHead): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEAD_BYTES);
  MAGIC.copy(bytes);
  bytes.writeDoubleLE(head.first, 8);
  bytes.writeDoubleLE(head.previousEnd, 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
  return bytes;
}

/** Null when the bytes are not an undamaged head. */
export function decodeSegmentHead(bytes: Buffer): SegmentHead | null {
  if (bytes.length < SEGMENT_HEAD_BYTES || !bytes.subarray(0, 4).equals(MAGIC)) return null;
  if (crc32(bytes.subarray(8, SEGMENT_HEAD_BYTES)) !== bytes.readUInt32LE(4)) return null;
  return { first: bytes.readDoubleLE(8), previousEnd: bytes.readDoubleLE(16) };
}

/** The directory's segments, oldest first. */
export async function listSegments(directory: string): Promise<SegmentName[]> {
  const segments: SegmentName[] = [];
  for (const name of await readdir(directory)) {
    const match = NAME.exec(name);
    if (match !== null) segments.push({ first: Number(match[1]), path: join(directory, name) });
  }
  return segments.sort((a, b) => a.first - b.first);
}
