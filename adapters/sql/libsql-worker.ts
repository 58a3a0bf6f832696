import { workerData } from 'node:worker_threads';
import type Libsql from 'libsql';
import { serveWorker } from '../thread/worker-server.ts';
import { createGroupCommit } from './group-commit.ts';
import { lockFile, openDatabase } from './libsql-files.ts';
import type { Step, StepResult } from './sql.ts';

export interface LibsqlOptions {
  readonly file: string;
  readonly busyTimeout_ms: number;
}

export type RunAnswer =
  | { readonly results: readonly StepResult[] }
  | { readonly unmet: { readonly step: string; readonly affected: number } };

/** Statements kept prepared; a multi-row insert comes in at most eight sizes. */
const PREPARED_MAX = 400;

const { file, busyTimeout_ms } = workerData as LibsqlOptions;
let guard: Libsql.Database | null = null;
let database: Libsql.Database | null = null;
const staged = new Map<number, readonly Step[]>();
const prepared = new Map<string, Libsql.Statement>();
const group = createGroupCommit(opened, execute);

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
  }): Promise<RunAnswer> => {
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

function execute(db: Libsql.Database, { sql, parameters }: Step): StepResult {
  const statement = prepare(db, sql);
  if (statement.reader) {
    const rows = statement.all(parameters);
    return { rows, affected: rows.length };
  }
  return { rows: [], affected: statement.run(parameters).changes };
}

function prepare(db: Libsql.Database, sql: string): Libsql.Statement {
  const known = prepared.get(sql);
  if (known !== undefined) {
    // Moved to the end: the first key is the one unused longest.
    prepared.delete(sql);
    prepared.set(sql, known);
    return known;
  }
  const statement = db.prepare(sql);
  prepared.set(sql, statement);
  if (prepared.size > PREPARED_MAX) {
    for (const oldest of prepared.keys()) {
      prepared.delete(oldest);
      break;
    }
  }
  return statement;
}

serveWorker(procedures, () => {
  prepared.clear();
  database?.close();
  guard?.close();
});
