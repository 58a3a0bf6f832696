import type { CompiledQuery } from 'kysely';
import type { Expectation, Sql, SqlValue, Step } from './sql.ts';

interface Compilable<Row> {
  compile(): CompiledQuery<Row>;
}

/** One built statement as a step of a run. */
export function step<Row>(query: Compilable<Row>, expect?: Expectation): Step<Row> {
  const { sql, parameters } = query.compile();
  const values = parameters.map(sqlValue);
  return expect === undefined ? { sql, parameters: values } : { sql, parameters: values, expect };
}

/** The rows of a single read. */
export async function rowsOf<Row>(sql: Sql, query: Compilable<Row>): Promise<readonly Row[]> {
  const [result] = await sql.run([step(query)]);
  return result.rows;
}

export async function firstOf<Row>(sql: Sql, query: Compilable<Row>): Promise<Row | null> {
  return (await rowsOf(sql, query))[0] ?? null;
}

function sqlValue(value: unknown): SqlValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new Error(`A statement may hold numbers, text and null, not ${typeof value}`);
}

/** Rows of one insert: 256 x 24 columns stay far below both databases' limits (32,766 and 65,535 parameters). */
const ROWS_PER_STATEMENT = 256;

/**
 * Turns many rows into few multi-row statements. Compiling is the costly part, so each row count is compiled
 * once: sizes are powers of two up to 256, and the values are put in afterwards. `build` must use the values
 * of a row once each, in order.
 */
export function createBulk<Row extends readonly SqlValue[]>(
  build: (rows: readonly Row[]) => Compilable<unknown>,
): (rows: readonly Row[]) => readonly Step[] {
  const compiled = new Map<number, string>();

  function textFor(rows: readonly Row[], parameters: readonly SqlValue[]): string {
    const known = compiled.get(rows.length);
    if (known !== undefined) return known;
    const query = build(rows).compile();
    if (
      query.parameters.some((value, i) => value !== parameters[i]) ||
      query.parameters.length !== parameters.length
    ) {
      throw new Error(`A bulk statement does not use its rows in order: ${query.sql.slice(0, 80)}`);
    }
    compiled.set(rows.length, query.sql);
    return query.sql;
  }

  return (rows) => {
    const steps: Step[] = [];
    for (let at = 0; at < rows.length; ) {
      const size = Math.min(ROWS_PER_STATEMENT, 2 ** Math.floor(Math.log2(rows.length - at)));
      const chunk = rows.slice(at, at + size);
      const parameters = chunk.flat() as SqlValue[];
      steps.push({ sql: textFor(chunk, parameters), parameters });
      at += size;
    }
    return steps;
  };
}
