import { inflateRawSync } from 'node:zlib';

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const COMMENT_MAX = 65_535;
const STORED = 0;
const DEFLATED = 8;

export type Unpacked = 'fits' | 'too_large' | 'not_a_zip';

/**
 * Whether everything in a ZIP file unpacks to at most `most_bytes`. What the directory says of sizes may be a lie, so each
 * entry is unpacked under the bound and thrown away.
 */
export function unpackedSize(file: Uint8Array, most_bytes: number, mostEntries: number): Unpacked {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const end = endOf(bytes);
  if (end === null) return 'not_a_zip';
  const count = bytes.readUInt16LE(end + 10);
  if (count > mostEntries) return 'too_large';
  let at = bytes.readUInt32LE(end + 16);
  let left = most_bytes;
  for (let n = 0; n < count; n += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== ENTRY) return 'not_a_zip';
    const size = entrySize(bytes, at, left);
    if (size === null) return 'not_a_zip';
    if (size > left) return 'too_large';
    left -= size;
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return 'fits';
}

function endOf(bytes: Buffer): number | null {
  for (let at = bytes.length - END_SIZE; at >= Math.max(0, bytes.length - END_SIZE - COMMENT_MAX); at -= 1) {
    if (bytes.readUInt32LE(at) === END) return at;
  }
  return null;
}

/** Bytes the entry unpacks to, or one more than `left` when it is beyond it; null for what is no entry of ours. */
function entrySize(bytes: Buffer, at: number, left: number): number | null {
  const method = bytes.readUInt16LE(at + 10);
  const packed = bytes.readUInt32LE(at + 20);
  const local = bytes.readUInt32LE(at + 42);
  if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== LOCAL) return null;
  const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  if (from + packed > bytes.length) return null;
  if (method === STORED) return packed;
  if (method !== DEFLATED) return null;
  try {
    return inflateRawSync(bytes.subarray(from, from + packed), { maxOutputLength: Math.max(1, left) }).length;
  } catch (error) {
    const beyond = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return beyond ? left + 1 : null;
  }
}
