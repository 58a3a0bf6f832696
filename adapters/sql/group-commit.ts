import { setImmediate as breath } from 'node:timers/promises';
import type Libsql from 'libsql';
import type { Step, StepResult } from './sql.ts';

export type RunAnswer =
  | { readonly results: readonly StepResult[] }
  | { readonly unmet: { readonly step: string; readonly affected: number } };

/** Bounds how long the first of a group waits for the last. */
const RUNS_MAX = 100;
const STEPS_MAX = 2_000;
/** Work on a transaction between two looks at what came in meanwhile. */
const SLICE_MS = 10;

interface Waiting {
  readonly steps: readonly Step[];
  resolve(answer: RunAnswer): void;
  reject(error: unknown): void;
}

/**
 * Transactions that wait together share one write to the disk, which is most of what a small one costs. Each stands or falls by
 * itself, and none is answered before all are on the disk. A long one lets others of the thread have a turn, which must not
 * touch the same connection.
 */
export function createGroupCommit(
  open: () => Libsql.Database,
  execute: (db: Libsql.Database, step: Step) => StepResult,
): { run(steps: readonly Step[]): Promise<RunAnswer> } {
  const waiting: Waiting[] = [];
  let working = false;
  let sliceBegan = 0;

  function take(): Waiting[] {
    let steps = 0;
    const end = waiting.findIndex((one, n) => {
      steps += one.steps.length;
      return n > 0 && (n >= RUNS_MAX || steps > STEPS_MAX);
    });
    return waiting.splice(0, end === -1 ? waiting.length : end);
  }

  async function pause(): Promise<void> {
    if (performance.now() - sliceBegan < SLICE_MS) return;
    await breath();
    sliceBegan = performance.now();
  }

  async function within(db: Libsql.Database, steps: readonly Step[]): Promise<RunAnswer> {
    db.exec('savepoint one');
    try {
      const results: StepResult[] = [];
      for (const step of steps) {
        await pause();
        const result = execute(db, step);
        if (step.expect !== undefined && step.expect.affected !== result.affected) {
          db.exec('rollback to one; release one');
          return { unmet: { step: step.expect.name, affected: result.affected } };
        }
        results.push(result);
      }
      db.exec('release one');
      return { results };
    } catch (error) {
      // A full disk has rolled everything back already, and a second rollback would hide the first fault.
      if (db.inTransaction) db.exec('rollback to one; release one');
      throw error;
    }
  }

  async function together(db: Libsql.Database, all: readonly Waiting[]): Promise<void> {
    const answers: (() => void)[] = [];
    try {
      db.exec('begin immediate');
      for (const { steps, resolve, reject } of all) {
        try {
          const answer = await within(db, steps);
          answers.push(() => resolve(answer));
        } catch (error) {
          if (!db.inTransaction) throw error;
          answers.push(() => reject(error));
        }
      }
      db.exec('commit');
    } catch (error) {
      if (db.inTransaction) db.exec('rollback');
      for (const { reject } of all) reject(error);
      return;
    }
    for (const tell of answers) tell();
  }

  async function carryOut(all: readonly Waiting[]): Promise<void> {
    sliceBegan = performance.now();
    try {
      const db = open();
      const [only] = all;
      const [step] = only?.steps ?? [];
      // Alone and of one statement, it is a transaction as it stands.
      if (all.length === 1 && only?.steps.length === 1 && step !== undefined && step.expect === undefined)
        only.resolve({ results: [execute(db, step)] });
      else await together(db, all);
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  }

  async function work(): Promise<void> {
    working = true;
    while (waiting.length > 0) {
      // What came in together is taken together.
      await breath();
      await carryOut(take());
    }
    working = false;
  }

  return {
    run: (steps) =>
      new Promise((resolve, reject) => {
        waiting.push({ steps, resolve, reject });
        if (!working) void work();
      }),
  };
}
