import { mkdir } from 'node:fs/promises';
import type { Clock } from '../../core/ports/clock.ts';
import {
  type Committed,
  type Journal,
  JournalError,
  type JournalFill,
  type JournalRecord,
  OFFSETS_PER_MS,
} from '../../core/ports/journal.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';
import { type JournalDisk, NODE_DISK } from './disk.ts';
import { createFileReader } from './file-reader.ts';
import { addToGroup, createGroup, type Group } from './group.ts';
import { lockDirectory } from './lock.ts';
import { openReaderPositions, type ReaderPositions } from './reader-positions.ts';
import { type Recovered, recoverSegments } from './recover.ts';
import { createSegmentChain } from './segment-chain.ts';
import { createTail } from './tail.ts';

export interface JournalOptions {
  readonly directory: string;
  /** Every reader there is: a segment goes once all of them have passed it. */
  readonly readers: readonly string[];
  /** Bytes of all segments together; at least four segments. */
  readonly limit_bytes?: number;
  readonly segment_bytes?: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly disk?: JournalDisk;
}

/** A group is written when it has this many records, at the latest when the pace allows (DESIGN 3: 500 messages, 20 ms). */
const GROUP_RECORDS = 500;
const GROUP_BYTES = 1024 * 1024;
/** Under load a write waits this long since the one before began: fewer, larger syncs cost less than many small ones. */
const PACE_MS = 4;
/** A group as large as this says that we are under load. */
const BUSY_RECORDS = 8;
/** Callbacks run in slices, so that thousands of acknowledgements do not hold up the event loop. */
const CALLBACK_SLICE = 500;
const TAIL_BYTES = 16 * 1024 * 1024;
/** Taken but held back while the journal is full or failed; beyond it a sender is told at once. */
const HELD_LIMIT_BYTES = 64 * 1024 * 1024;
const RETRY_FIRST_MS = 100;
const RETRY_MOST_MS = 2_000;

/**
 * Opens the journal of a directory as its one writer; whatever the last writer left half written is cut off. Payloads given
 * to `append` are kept, not copied: their bytes must not change afterwards.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const unlock = await lockDirectory(options.directory);
  try {
    const recovered = await recoverSegments(options.directory);
    const positions = await openReaderPositions(options.directory, options.readers, options.log);
    if (recovered.torn_bytes > 0) {
      options.log.warn('journal: cut off a write that was interrupted before it was acknowledged', {
        bytes: recovered.torn_bytes,
      });
    }
    return createJournal(options, recovered, positions, unlock);
  } catch (cause) {
    await unlock();
    throw cause;
  }
}

function createJournal(
  options: JournalOptions,
  recovered: Recovered,
  positions: ReaderPositions,
  unlock: () => Promise<void>,
): Journal {
  const { clock, log, telemetry, directory, readers } = options;
  const segment_bytes = options.segment_bytes ?? 64 * 1024 * 1024;
  const limit_bytes = Math.max(options.limit_bytes ?? 8 * 1024 * 1024 * 1024, 4 * segment_bytes);
  // A group must always fit once readers have passed, however much was taken while the journal was held.
  const group_bytes = Math.min(GROUP_BYTES, segment_bytes);
  const chain = createSegmentChain(directory, options.disk ?? NODE_DISK, segment_bytes, recovered, log);
  const files = createFileReader(directory, chain.end);
  const tail = createTail(TAIL_BYTES);
  const listeners = new Set<(end: number) => void>();
  const found = recovered.segments.length === 0 ? null : { end: recovered.end, lastAt: recovered.lastAt };

  let nextOffset = Math.max(recovered.end, clock.now() * OFFSETS_PER_MS);
  let lastAt = recovered.lastAt;
  let stampedAt = clock.monotonic();
  /** Groups that take no more records and wait for the disk, and the one that does take them. */
  const closed: Group[] = [];
  let filling = createGroup();
  let waiting = 0;
  let waiting_bytes = 0;
  let writing: Promise<void> | null = null;
  let lastWriteAt = Number.NEGATIVE_INFINITY;
  let lastGroup = 0;
  let cancelScheduled: (() => void) | null = null;
  let held: JournalFill['held'] = 'no';
  let wake: (() => void) | null = null;
  let closing = false;

  chain.removeBelow(positions.least());

  // --- taking records ---------------------------------------------------------------------------------------------

  const append: Journal['append'] = (kind, topic, payload, stored, committed) => {
    if (closing) {
      committed(new JournalError('journal_closed', 'the journal is closed'));
      return;
    }
    if (payload.length > limit_bytes / 2) {
      committed(
        new JournalError('journal_full', `a record of ${payload.length} bytes never fits the journal`),
      );
      return;
    }
    if (waiting_bytes > HELD_LIMIT_BYTES) {
      telemetry.count('relight_journal_refused_total', { reason: held });
      committed(refusal());
      return;
    }
    stamp();
    const record: JournalRecord = { offset: nextOffset, kind, at: lastAt, topic, payload, stored };
    waiting_bytes += addToGroup(filling, record, committed);
    waiting += 1;
    nextOffset += 1;
    if (filling.bytes >= group_bytes) closeGroup();
    schedule();
  };

  /** A wall clock that was set back is waited for at half speed: time never falls, and never stands still either. */
  function stamp(): void {
    const wall = clock.now();
    const monotonic = clock.monotonic();
    if (wall >= lastAt) {
      lastAt = wall;
      stampedAt = monotonic;
      return;
    }
    const creep_ms = Math.floor((monotonic - stampedAt) / 2);
    lastAt += creep_ms;
    stampedAt += creep_ms * 2;
  }

  function refusal(): JournalError {
    if (held === 'failed') return new JournalError('journal_failed', 'the disk of the journal fails');
    return new JournalError('journal_full', 'the journal is full: a reader is too far behind');
  }

  function schedule(): void {
    if (writing !== null || waiting === 0) return;
    if (closed.length > 0 || filling.records.length >= GROUP_RECORDS) {
      startWrite();
      return;
    }
    if (cancelScheduled !== null) return;
    const rest_ms = lastGroup < BUSY_RECORDS ? 0 : PACE_MS - (performance.now() - lastWriteAt);
    if (rest_ms < 1) {
      // Not at once: what arrived in the same turn of the event loop belongs together.
      const handle = setImmediate(startWrite);
      cancelScheduled = () => clearImmediate(handle);
    } else {
      const handle = setTimeout(startWrite, rest_ms);
      cancelScheduled = () => clearTimeout(handle);
    }
  }

  // --- making them durable ----------------------------------------------------------------------------------------

  function startWrite(): void {
    cancelScheduled?.();
    cancelScheduled = null;
    if (writing !== null || waiting === 0) return;
    const group = takeGroup();
    lastWriteAt = performance.now();
    lastGroup = group.records.length;
    writing = commit(group).then(
      () => {
        writing = null;
        schedule();
        tail.add(group.records, group.bytes);
        settle(group, undefined);
        for (const listener of listeners) listener(chain.end());
      },
      (cause: unknown) => {
        // Only a closing journal gives up on a group.
        writing = null;
        settle(
          group,
          new JournalError('journal_failed', 'the journal closed before this was durable', { cause }),
        );
      },
    );
  }

  function closeGroup(): void {
    closed.push(filling);
    filling = createGroup();
  }

  function takeGroup(): Group {
    const oldest = closed.shift();
    if (oldest !== undefined) return oldest;
    const group = filling;
    filling = createGroup();
    return group;
  }

  async function commit(group: Group): Promise<void> {
    const started = performance.now();
    let pause_ms = RETRY_FIRST_MS;
    for (;;) {
      await untilRoomFor(group.bytes);
      try {
        await chain.write(group);
        if (held === 'failed') release('journal: the disk works again');
        telemetry.observe('relight_journal_commit_seconds', (performance.now() - started) / 1_000);
        telemetry.count('relight_journal_records_total', {}, group.records.length);
        telemetry.gauge('relight_journal_bytes', chain.bytes());
        return;
      } catch (cause) {
        if (closing) throw cause;
        hold('failed', 'journal: the disk refuses to write; senders wait', { cause });
        await sleep(pause_ms);
        pause_ms = Math.min(pause_ms * 2, RETRY_MOST_MS);
      }
    }
  }

  function settle(group: Group, error: JournalError | undefined): void {
    waiting -= group.records.length;
    waiting_bytes -= group.bytes;
    callInSlices(group.committed, 0, error);
  }

  // --- bounds -----------------------------------------------------------------------------------------------------

  async function untilRoomFor(bytes: number): Promise<void> {
    while (chain.bytes() + bytes > limit_bytes) {
      if (closing) throw refusal();
      hold('full', 'journal is full: a reader is too far behind; senders wait', { lag: lagOfReaders() });
      // The newest segment can only go once it is sealed.
      await chain.seal();
      chain.removeBelow(positions.least());
      if (chain.bytes() + bytes <= limit_bytes) break;
      await sleep(RETRY_MOST_MS);
    }
    if (held === 'full') release('journal has room again');
  }

  function lagOfReaders(): Record<string, number> {
    return Object.fromEntries(readers.map((reader) => [reader, chain.recordsFrom(positions.get(reader))]));
  }

  function hold(why: 'full' | 'failed', message: string, facts: Record<string, unknown>): void {
    if (held === why) return;
    if (held !== 'no') release('journal: held for another reason now');
    held = why;
    telemetry.gauge(`relight_journal_${why}`, 1);
    log.error(message, { directory, bytes: chain.bytes(), limit_bytes, ...facts });
  }

  function release(message: string): void {
    telemetry.gauge(`relight_journal_${held}`, 0);
    held = 'no';
    log.warn(message, { directory });
  }

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      wake = done;
      function done(): void {
        clearTimeout(timer);
        wake = null;
        resolve();
      }
    });
  }

  return {
    append,
    async read(offset, limit) {
      if (offset >= chain.end()) return [];
      return tail.read(offset, limit) ?? (await files.read(offset, limit));
    },
    end: () => nextOffset,
    committedEnd: chain.end,
    found: () => found,
    begin: () => chain.begin() ?? nextOffset,
    leap() {
      // Offsets inside one segment, hence inside one group, are consecutive.
      if (filling.records.length > 0) closeGroup();
      nextOffset = Math.max(nextOffset, clock.now() * OFFSETS_PER_MS);
    },
    onCommitted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async passed(reader, offset) {
      if (offset <= positions.get(reader)) return;
      positions.set(reader, offset);
      chain.removeBelow(positions.least());
      if (held === 'full') wake?.();
    },
    position: positions.get,
    lag: chain.recordsFrom,
    fill: () => ({ bytes: chain.bytes(), limit_bytes, waiting, held }),
    async close() {
      if (closing) return;
      // What was taken is still made durable; only a journal that cannot write gives up.
      while (waiting > 0 && held === 'no') {
        startWrite();
        await writing;
      }
      closing = true;
      wake?.();
      await writing;
      cancelScheduled?.();
      while (waiting > 0) settle(takeGroup(), refusal());
      await chain.close();
      await files.close();
      await positions.save();
      await unlock();
    },
  };
}

function callInSlices(committed: readonly Committed[], from: number, error: JournalError | undefined): void {
  const to = Math.min(from + CALLBACK_SLICE, committed.length);
  for (let index = from; index < to; index++) committed[index]?.(error);
  if (to < committed.length) setImmediate(() => callInSlices(committed, to, error));
}
