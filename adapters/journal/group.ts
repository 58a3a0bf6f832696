import type { Committed, JournalRecord } from '../../core/ports/journal.ts';
import { encodeRecord, roomFor } from './record.ts';

/** Records that become durable in one write. */
export interface Group {
  readonly records: JournalRecord[];
  readonly committed: Committed[];
  /** At least the bytes they take on disk. */
  bytes: number;
}

export function createGroup(): Group {
  return { records: [], committed: [], bytes: 0 };
}

/** Turns groups into bytes; only one write is under way at a time, so one buffer serves all. */
export function createGroupEncoder(): (group: Group, segmentFirst: number) => Buffer {
  let buffer = Buffer.allocUnsafeSlow(256 * 1024);

  return (group, segmentFirst) => {
    if (buffer.length < group.bytes) buffer = Buffer.allocUnsafeSlow(group.bytes);
    let at = 0;
    let groupStart = true;
    for (const record of group.records) {
      const { kind, topic, stored, payload } = record;
      const ordinal = record.offset - segmentFirst;
      at = encodeRecord(buffer, at, { ordinal, kind, at: record.at, topic, stored, groupStart }, payload);
      groupStart = false;
    }
    const bytes = buffer.subarray(0, at);
    // One outsized group must not be kept for ever.
    if (buffer.length > KEEP_BYTES) buffer = Buffer.allocUnsafeSlow(256 * 1024);
    return bytes;
  };
}

const KEEP_BYTES = 4 * 1024 * 1024;

export function addToGroup(group: Group, record: JournalRecord, committed: Committed): number {
  const bytes = roomFor(record.topic, record.payload);
  group.records.push(record);
  group.committed.push(committed);
  group.bytes += bytes;
  return bytes;
}
