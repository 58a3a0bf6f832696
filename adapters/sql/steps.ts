import type { CompiledQuery } from 'kysely';
import type { Pace } from './pace.ts';
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

/** Rows of one insert: 128 x 24 columns stay far below both databases' limits (32,766 and 65,535 parameters). */
const ROWS_PER_STATEMENT = 128;

/** Many rows as few multi-row statements, built without holding the event loop up. */
export type Bulk<Row extends readonly SqlValue[]> = <Item>(
  items: readonly Item[],
  rowOf: (item: Item, index: number) => Row,
  pace: Pace,
) => Promise<readonly Step[]>;

/**
 * Compiling is the costly part, so each row count is compiled once: sizes are powers of two up to 128, and the
 * values are put in afterwards. `build` must use the values of a row once each, in order.
 */
export function createBulk<Row extends readonly SqlValue[]>(
  build: (rows: readonly Row[]) => Compilable<unknown>,
): Bulk<Row> {
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

  return async (items, rowOf, pace) => {
    const steps: Step[] = [];
    for (let at = 0; at < items.length; ) {
      const size = Math.min(ROWS_PER_STATEMENT, 2 ** Math.floor(Math.log2(items.length - at)));
      const rows: Row[] = [];
      const parameters: SqlValue[] = [];
      for (const [i, item] of items.slice(at, at + size).entries()) {
        const row = rowOf(item, at + i);
        rows.push(row);
        parameters.push(...row);
      }
      steps.push({ sql: textFor(rows, parameters), parameters });
      at += size;
      await pace();
    }
    return steps;
  };
}

/** For lists in `where … in (…)`: as many statements as it takes, none too large for a database. */
export function chunksOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
