import { unlink } from 'node:fs/promises';
import type { Logger } from '../../core/ports/logger.ts';
import type { JournalDisk, SegmentFile } from './disk.ts';
import { createGroupEncoder, type Group } from './group.ts';
import type { SealedSegment } from './recover.ts';
import { encodeSegmentHead, segmentPath } from './segment.ts';

interface ActiveSegment {
  readonly first: number;
  readonly path: string;
  readonly file: SegmentFile;
  end: number;
  /** Bytes that are written and synced. */
  bytes: number;
  /** A write began and has not ended well: bytes may stand behind the synced ones. */
  torn: boolean;
}

/** The files of a journal: one that grows, and the sealed ones before it. One write at a time. */
export interface SegmentChain {
  /** Resolves when the group is durable; after a failure the same group may be written again. */
  write(group: Group): Promise<void>;
  /** Ends the growing segment, so that it can be removed once it is passed. */
  seal(): Promise<void>;
  /** Removes the segments that lie wholly below the position. */
  removeBelow(position: number): void;
  begin(): number | null;
  end(): number;
  bytes(): number;
  recordsFrom(offset: number): number;
  close(): Promise<void>;
}

export function createSegmentChain(
  directory: string,
  disk: JournalDisk,
  segment_bytes: number,
  recovered: { readonly segments: readonly SealedSegment[]; readonly end: number },
  log: Logger,
): SegmentChain {
  const encode = createGroupEncoder();
  const sealed = [...recovered.segments];
  let sealed_bytes = sealed.reduce((sum, segment) => sum + segment.bytes, 0);
  let active: ActiveSegment | null = null;
  let end = recovered.end;

  async function segmentFor(first: number): Promise<ActiveSegment> {
    if (active !== null) {
      // A segment whose first write failed has no record yet and takes the same group again.
      const goesOn = active.end === first && active.bytes < segment_bytes;
      if (active.first === first || goesOn) return active;
      await seal();
    }
    const path = segmentPath(directory, first);
    active = { first, path, file: await disk.create(directory, path), end: first, bytes: 0, torn: false };
    return active;
  }

  async function seal(): Promise<void> {
    if (active === null || active.bytes === 0) return;
    const { file, torn, first, path, bytes } = active;
    if (torn) await file.truncate(bytes);
    sealed.push({ first, end: active.end, path, bytes });
    sealed_bytes += bytes;
    active = null;
    await file
      .close()
      .catch((cause: unknown) => log.warn('journal: a segment did not close', { path, cause }));
  }

  return {
    async write(group) {
      const first = group.records[0]?.offset;
      if (first === undefined) return;
      const segment = await segmentFor(first);
      const body = encode(group, segment.first);
      const head = segment.bytes === 0 ? encodeSegmentHead({ first, previousEnd: end }) : null;
      segment.torn = true;
      await segment.file.write(head === null ? [body] : [head, body], segment.bytes);
      await segment.file.sync();
      segment.torn = false;
      segment.bytes += body.length + (head?.length ?? 0);
      segment.end = first + group.records.length;
      end = segment.end;
    },
    seal,
    removeBelow(position) {
      for (let oldest = sealed[0]; oldest !== undefined && oldest.end <= position; oldest = sealed[0]) {
        const { path, bytes } = oldest;
        sealed.shift();
        sealed_bytes -= bytes;
        unlink(path).catch((cause: unknown) =>
          log.warn('journal: a segment was not removed', { path, cause }),
        );
      }
    },
    begin: () => sealed[0]?.first ?? active?.first ?? null,
    end: () => end,
    bytes: () => sealed_bytes + (active?.bytes ?? 0),
    recordsFrom(offset) {
      let records = 0;
      for (const segment of sealed) records += Math.max(0, segment.end - Math.max(segment.first, offset));
      if (active !== null) records += Math.max(0, active.end - Math.max(active.first, offset));
      return records;
    },
    async close() {
      await active?.file.close();
      active = null;
    },
  };
}
