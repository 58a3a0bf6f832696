import { workerData } from 'node:worker_threads';
import type Libsql from 'libsql';
import { serveWorker } from '../thread/worker-server.ts';
import { createGroupCommit, type RunAnswer } from './group-commit.ts';
import { lockFile, openDatabase } from './libsql-files.ts';
import { createStatements } from './libsql-statements.ts';
import type { Step } from './sql.ts';

export interface LibsqlOptions {
  readonly file: string;
  readonly busyTimeout_ms: number;
}

const { file, busyTimeout_ms } = workerData as LibsqlOptions;
let guard: Libsql.Database | null = null;
let database: Libsql.Database | null = null;
/** Sees what is committed and nothing else, also while a transaction is under way. */
let reader: Libsql.Database | null = null;
const staged = new Map<number, readonly Step[]>();
const writing = createStatements();
const reading = createStatements();
const group = createGroupCommit(opened, writing.execute);

const procedures = {
  /** Takes the lock file for as long as this thread lives, opens the database and answers SQLite's version. */
  open: (_request: null): string => {
    const [row] = opened().prepare('select sqlite_version() as version').all() as { version: string }[];
    return row?.version ?? 'unknown';
  },
  /** Holds the first parts of a transaction too large for one message; nothing of it runs before `run`. */
  stage: ({ id, steps }: { readonly id: number; readonly steps: readonly Step[] }): void => {
    staged.set(id, [...(staged.get(id) ?? []), ...steps]);
  },
  run: ({
    id,
    steps,
  }: {
    readonly id: number | null;
    readonly steps: readonly Step[];
  }): RunAnswer | Promise<RunAnswer> => {
    const [only] = steps;
    if (id === null && steps.length === 1 && only !== undefined && isRead(only))
      return { results: [reading.execute(openedToRead(), only)] };
    if (id === null) return group.run(steps);
    const whole = [...(staged.get(id) ?? []), ...steps];
    staged.delete(id);
    return group.run(whole);
  },
};
export type LibsqlProcedures = typeof procedures;

function opened(): Libsql.Database {
  guard ??= lockFile(file);
  database ??= openDatabase(file, busyTimeout_ms);
  return database;
}

/** Read only, so that nothing can be written past the group. */
function openedToRead(): Libsql.Database {
  opened();
  if (reader === null) {
    reader = openDatabase(file, busyTimeout_ms);
    reader.pragma('query_only=ON');
  }
  return reader;
}

function isRead({ sql, expect }: Step): boolean {
  return expect === undefined && /^\s*select\b/i.test(sql);
}

serveWorker(procedures, () => {
  writing.clear();
  reading.clear();
  reader?.close();
  database?.close();
  guard?.close();
});
