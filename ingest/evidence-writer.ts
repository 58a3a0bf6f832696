import { writeEvidenceLine } from '../contracts/evidence-line.ts';
import type { EvidenceLine } from '../core/evidence/line.ts';
import type { EvidenceLog, EvidenceWrite, WrittenEvidence } from '../core/ports/evidence-log.ts';
import type { Logger } from '../core/ports/logger.ts';
import { StoreUnavailable } from '../core/ports/site-store.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import type { Instant } from '../core/units/time.ts';

const LINES_PER_WRITE = 1_000;
const WRITE_EVERY_MS = 5_000;
const RETRY_MS = 2_000;

interface Batch {
  readonly site: string;
  readonly lines: EvidenceLine[];
  through: Instant | null;
}

/**
 * Carries the lines of the fold to the evidence log: together, later, in order within a site. A store that is away is
 * waited for; lines it refuses for good are given up, because detection must go on without them.
 */
export interface EvidenceWriter {
  push(site: string, lines: readonly EvidenceLine[]): void;
  /** With the lines pushed so far, and these, the log of the site holds everything before `at`. */
  seal(site: string, lines: readonly EvidenceLine[], at: Instant): void;
  waiting(): number;
  /** Resolves when no more than `most` lines wait. */
  below(most: number): Promise<void>;
  /** Resolves when nothing pushed before the call waits any more; false when stopping has given some of it up. */
  stored(): Promise<boolean>;
  /** Gives up what waits: the journal still has it. */
  stop(): Promise<void>;
}

export function createEvidenceWriter(deps: {
  readonly store: Pick<EvidenceLog, 'add'>;
  /** The epoch to write under; null when the site is not ours. */
  readonly epochOf: (site: string) => number | null;
  readonly lost: (site: string, epoch: number) => void;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}): EvidenceWriter {
  const { store, log, telemetry } = deps;
  const queue: Batch[] = [];
  const waiters = new Set<{ readonly holds: () => boolean; readonly go: () => void }>();
  let pushed = 0;
  let done = 0;
  let timer: NodeJS.Timeout | null = null;
  let wake: (() => void) | null = null;
  let running: Promise<void> | null = null;
  let away = false;
  let stopped = false;

  function batchOf(site: string): Batch {
    const open = queue.findLast((batch) => batch.site === site);
    if (open !== undefined && open.through === null && open.lines.length < LINES_PER_WRITE) return open;
    const fresh = { site, lines: [], through: null };
    queue.push(fresh);
    return fresh;
  }

  function push(site: string, lines: readonly EvidenceLine[]): void {
    if (stopped) return;
    for (const line of lines) batchOf(site).lines.push(line);
    pushed += lines.length;
    const begin = lines.findLast(({ kind }) => kind === 'standing');
    if (begin !== undefined) batchOf(site).through = begin.at - 1;
    if (pushed - done >= LINES_PER_WRITE) drainSoon();
    else timer ??= setTimeout(drainSoon, WRITE_EVERY_MS);
  }

  function drainSoon(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    running ??= drain().finally(() => {
      running = null;
    });
  }

  async function drain(): Promise<void> {
    for (let batch = queue.shift(); batch !== undefined && !stopped; batch = queue.shift()) {
      const lines = batch.lines.map(written);
      await write({ site: batch.site, lines, through: batch.through });
      if (stopped) return;
      done += batch.lines.length;
      for (const waiter of waiters) if (waiter.holds()) waiter.go();
    }
  }

  async function write(of: Omit<EvidenceWrite, 'epoch'>): Promise<void> {
    while (!stopped) {
      const epoch = deps.epochOf(of.site);
      if (epoch === null) return;
      try {
        const outcome = await store.add({ ...of, epoch });
        if (outcome === 'lost_lease') deps.lost(of.site, epoch);
        else telemetry.count('relight_evidence_lines_total', { outcome: 'stored' }, of.lines.length);
        if (away) log.warn('the evidence log is written again');
        away = false;
        return;
      } catch (cause) {
        if (!(cause instanceof StoreUnavailable)) {
          telemetry.count('relight_evidence_lines_total', { outcome: 'given_up' }, of.lines.length);
          log.error('lines of the evidence log were refused and are given up', { site: of.site, cause });
          return;
        }
        if (!away) log.error('the evidence log cannot be written; its lines wait', { site: of.site, cause });
        away = true;
        await pause();
      }
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const later = setTimeout(go, RETRY_MS);
      wake = go;
      function go(): void {
        clearTimeout(later);
        wake = null;
        resolve();
      }
    });
  }

  function until(holds: () => boolean): Promise<void> {
    if (stopped || holds()) return Promise.resolve();
    return new Promise((resolve) => {
      const waiter = {
        holds,
        go: () => {
          waiters.delete(waiter);
          resolve();
        },
      };
      waiters.add(waiter);
    });
  }

  return {
    push,
    seal(site, lines, at) {
      push(site, lines);
      if (stopped) return;
      batchOf(site).through = at - 1;
      drainSoon();
    },
    waiting: () => pushed - done,
    below: (most) => until(() => pushed - done <= most),
    stored() {
      const soFar = pushed;
      drainSoon();
      return until(() => done >= soFar).then(() => done >= soFar);
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      wake?.();
      for (const waiter of waiters) waiter.go();
      await running;
    },
  };
}

function written(line: EvidenceLine): WrittenEvidence {
  return { at: line.at, text: writeEvidenceLine(line), begins: line.kind === 'standing' };
}
