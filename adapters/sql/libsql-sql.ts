import type { Logger } from '../../core/ports/logger.ts';
import { StoreUnavailable } from '../../core/ports/site-store.ts';
import { createWorkerClient } from '../thread/worker-client.ts';
import type { RunAnswer } from './group-commit.ts';
import type { LibsqlOptions, LibsqlProcedures } from './libsql-worker.ts';
import { type ResultsOf, type Sql, type Step, UnmetStep } from './sql.ts';
import { sqliteFault } from './sqlite-faults.ts';

/** Transactions waiting for the one writer; past this the callers are told to come again. */
const MAX_IN_FLIGHT = 5_000;

/** About 5 ms of copying. */
const PARAMETERS_PER_MESSAGE = 10_000;

export interface LibsqlSql extends Sql {
  /** Resolves with SQLite's version. */
  open(): Promise<string>;
  close(): Promise<void>;
}

/** SQLite in a thread of its own: one transaction is one message, so the event loop never waits for the disk. */
export function createLibsqlSql(options: LibsqlOptions & { readonly log: Logger }): LibsqlSql {
  const { file, busyTimeout_ms, log } = options;
  const data: LibsqlOptions = { file, busyTimeout_ms };
  const worker = createWorkerClient<LibsqlProcedures>({
    from: import.meta.url,
    entry: './libsql-worker',
    name: 'sqlite',
    maxInFlight: MAX_IN_FLIGHT,
    data,
    onDeath: (error) => log.error('the thread of the embedded database died', { error: error.message }),
  });
  let closed = false;
  let nextId = 1;

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new StoreUnavailable('The embedded database is closed', { retryable: false });
    try {
      return await work();
    } catch (error) {
      throw sqliteFault(error, file);
    }
  }

  async function open(): Promise<string> {
    await worker.start();
    return worker.call('open', null);
  }

  /** Copying a large message to the thread takes as long as building it; in parts, the event loop breathes between. */
  async function sendAll(steps: readonly Step[]): Promise<RunAnswer> {
    const parts = partsOf(steps);
    const last = parts.pop() ?? [];
    if (parts.length === 0) return worker.call('run', { id: null, steps: last });
    const id = nextId++;
    for (const part of parts) await worker.call('stage', { id, steps: part });
    return worker.call('run', { id, steps: last });
  }

  return {
    open: () => guarded(open),
    run<const Steps extends readonly Step[]>(steps: Steps) {
      return guarded(async () => {
        if (!worker.alive()) await worker.start();
        const answer = await sendAll(steps);
        if ('unmet' in answer) throw new UnmetStep(answer.unmet.step, answer.unmet.affected);
        // One result a step, in order: what the types of the steps promise of their rows.
        return answer.results as ResultsOf<Steps>;
      });
    },
    async close() {
      closed = true;
      await worker.stop();
    },
  };
}

function partsOf(steps: readonly Step[]): (readonly Step[])[] {
  const parts: Step[][] = [];
  let room = 0;
  for (const step of steps) {
    if (room <= 0) {
      parts.push([]);
      room = PARAMETERS_PER_MESSAGE;
    }
    parts.at(-1)?.push(step);
    room -= step.parameters.length + 1;
  }
  return parts;
}
