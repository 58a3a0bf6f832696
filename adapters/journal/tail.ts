import type { JournalRecord } from '../../core/ports/journal.ts';

interface TailGroup {
  readonly records: readonly JournalRecord[];
  readonly first: number;
  readonly end: number;
  readonly bytes: number;
}

/** The newest durable records in memory, so that a reader that keeps up never touches the disk. */
export interface Tail {
  add(records: readonly JournalRecord[], bytes: number): void;
  /** Null when `offset` is older than the tail, or at no record of it. */
  read(offset: number, limit: number): readonly JournalRecord[] | null;
}

export function createTail(limit_bytes: number): Tail {
  let groups: TailGroup[] = [];
  let bytes = 0;
  // Index of the first live group; the array is compacted once half of it is dead.
  let head = 0;

  function trim(): void {
    while (bytes > limit_bytes && head < groups.length - 1) {
      bytes -= groups[head]?.bytes ?? 0;
      head += 1;
    }
    if (head > 64 && head * 2 > groups.length) {
      groups = groups.slice(head);
      head = 0;
    }
  }

  function indexOf(offset: number): number {
    let low = head;
    let high = groups.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((groups[middle]?.first ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  return {
    add(records, added) {
      const first = records[0]?.offset;
      const last = records.at(-1)?.offset;
      if (first === undefined || last === undefined) return;
      groups.push({ records, first, end: last + 1, bytes: added });
      bytes += added;
      trim();
    },

    read(offset, limit) {
      const oldest = groups[head];
      if (oldest === undefined || offset < oldest.first) return null;
      const out: JournalRecord[] = [];
      for (let index = indexOf(offset); index < groups.length && out.length < limit; index++) {
        const group = groups[index];
        if (group === undefined || group.end <= offset) continue;
        const from = Math.max(0, offset - group.first);
        if (from === 0 && out.length === 0 && group.records.length <= limit) {
          // One whole group is the common case: hand it over without copying.
          if (index === groups.length - 1) return group.records;
        }
        for (let at = from; at < group.records.length && out.length < limit; at++) {
          const record = group.records[at];
          if (record !== undefined) out.push(record);
        }
      }
      return out;
    },
  };
}
