import type Libsql from 'libsql';
import type { Step, StepResult } from './sql.ts';

/** Statements kept prepared; a multi-row insert comes in at most eight sizes. */
const PREPARED_MAX = 400;

/** Carries out steps on one connection, which must always be the same: what is prepared belongs to it. */
export function createStatements() {
  const prepared = new Map<string, Libsql.Statement>();

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

  return {
    execute(db: Libsql.Database, { sql, parameters }: Step): StepResult {
      const statement = prepare(db, sql);
      if (statement.reader) {
        const rows = statement.all(parameters);
        return { rows, affected: rows.length };
      }
      return { rows: [], affected: statement.run(parameters).changes };
    },
    clear: () => prepared.clear(),
  };
}
