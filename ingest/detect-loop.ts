import { setImmediate } from 'node:timers/promises';
import type { Journal } from '../core/ports/journal.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { ApplyQueue } from './apply-queue.ts';
import type { EvidenceWriter } from './evidence-writer.ts';
import type { Fold, FoldState } from './fold.ts';
import type { Snapshots } from './snapshots.ts';

/** Longest stretch of work between two turns of the event loop. */
const TURN_MS = 8;
const RECORDS_PER_READ = 512;
/** So many effects may be on their way to the store while folding goes on. */
const EFFECTS_AHEAD = 64;
/** So many lines of the evidence log may wait in memory. */
const LINES_AHEAD = 20_000;
/** What came since is folded again after a restart: at 2,500 messages a second, a few seconds' work. */
const SNAPSHOT_INTERVAL_MS = 30_000;
/** Copying the state of very large sites takes long; then it is done more seldom, for at most 1/400 of the time. */
const COPY_SHARE = 400;
const PAUSE_MS = 1_000;
const STOP_MS = 2_000;

/** Reads the journal behind its writer, folds it, and hands on what came of it. */
export interface DetectLoop {
  start(): void;
  /** Everything up to the offset has been folded and its effects are stored, or the time is over. */
  settled(offset: number, within_ms: number): Promise<boolean>;
  /** Next offset to fold. */
  position(): number;
  error(): string | null;
  stop(): Promise<void>;
}

export function createDetectLoop(deps: {
  readonly journal: Journal;
  readonly fold: Fold;
  readonly from: number;
  readonly queue: ApplyQueue;
  readonly evidence: EvidenceWriter;
  readonly snapshots: Snapshots;
  /** Runs each time the end of the journal is reached. */
  readonly caughtUp: () => void;
  readonly log: Logger;
  readonly snapshotInterval_ms?: number;
}): DetectLoop {
  const { journal, fold, queue, evidence, snapshots, log } = deps;
  const interval_ms = deps.snapshotInterval_ms ?? SNAPSHOT_INTERVAL_MS;
  let position = deps.from;
  let wake: (() => void) | null = null;
  let stopped = false;
  let error: string | null = null;
  let running: Promise<void> | null = null;
  let saving: Promise<void> | null = null;
  let savedAt = performance.now();
  let savedNext = deps.from;
  let copied_ms = 0;
  let unsubscribe: (() => void) | null = null;

  async function run(): Promise<void> {
    while (!stopped) {
      const records = await read();
      if (records.length === 0) {
        deps.caughtUp();
        maybeSave();
        if (!stopped && position >= journal.committedEnd()) await pause();
        continue;
      }
      let turnEnds = performance.now() + TURN_MS;
      for (const record of records) {
        for (const effect of fold.apply(record)) queue.push(effect);
        position = record.offset + 1;
        if (performance.now() < turnEnds) continue;
        await setImmediate();
        turnEnds = performance.now() + TURN_MS;
        if (stopped) return;
      }
      await queue.below(EFFECTS_AHEAD);
      await evidence.below(LINES_AHEAD);
      maybeSave();
    }
  }

  async function read() {
    try {
      const records = await journal.read(position, RECORDS_PER_READ);
      error = null;
      return records;
    } catch (cause) {
      if (error === null) log.error('detection cannot read the journal', { position, cause });
      error = cause instanceof Error && 'code' in cause ? String(cause.code) : 'journal_failed';
      await pause();
      return [];
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(go, PAUSE_MS);
      wake = go;
      function go(): void {
        clearTimeout(timer);
        wake = null;
        resolve();
      }
    });
  }

  function maybeSave(): void {
    const due = performance.now() - savedAt >= Math.max(interval_ms, copied_ms * COPY_SHARE);
    // A snapshot names an offset below which nothing is needed any more: every effect before it must be stored.
    if (!due || saving !== null || queue.waiting() > 0 || position === savedNext) return;
    const began = performance.now();
    const state = fold.state();
    copied_ms = performance.now() - began;
    saving = save(state).finally(() => {
      saving = null;
    });
  }

  async function save(state: FoldState): Promise<void> {
    const started = performance.now();
    try {
      // Lines of before the snapshot are never folded again.
      if (!(await evidence.stored())) return;
      const needed = await snapshots.save(state);
      await journal.passed('detect', needed);
      savedNext = state.next;
    } catch (cause) {
      log.error('the snapshot of detection could not be written; the journal is kept until it can', {
        cause,
      });
    }
    savedAt = performance.now();
    log.debug('detection saved its state', { next: state.next, took_ms: savedAt - started });
  }

  return {
    start() {
      unsubscribe = journal.onCommitted(() => wake?.());
      running = run();
    },
    async settled(offset, within_ms) {
      const until = performance.now() + within_ms;
      while (position < offset || queue.waiting() > 0) {
        if (performance.now() > until) return false;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return true;
    },
    position: () => position,
    error: () => error,
    async stop() {
      stopped = true;
      unsubscribe?.();
      wake?.();
      // A queue that waits for its store holds the loop; what it has not stored is folded again next time.
      const complete = queue.waiting() === 0 && (await endsWithin(running, STOP_MS)) && queue.waiting() === 0;
      await queue.stop();
      await running;
      for (const { site } of fold.sites()) {
        const { at, lines } = fold.openEvidence(site.id);
        evidence.seal(site.id, lines, at);
      }
      const written = await endsWithin(evidence.stored(), STOP_MS);
      if (!written) await evidence.stop();
      await saving;
      if (complete && written && position !== savedNext) await save(fold.state());
      await evidence.stop();
    },
  };
}

async function endsWithin(work: Promise<unknown> | null, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const ended = Promise.resolve(work).then(() => true);
  const result = await Promise.race([ended, late]);
  clearTimeout(timer);
  return result;
}
