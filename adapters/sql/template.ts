import type { CompiledQuery } from 'kysely';
import type { SqlValue, Step } from './sql.ts';
import { step } from './steps.ts';

/** A statement that stays the same but for its values. */
export type Template<Name extends string, Row> = (values: Readonly<Record<Name, SqlValue>>) => Step<Row>;

/**
 * Building and compiling a statement costs more than running it: what is used for every message is compiled at its first use.
 * `build` asks for each value by name, as often as it needs it.
 */
export function createTemplate<Name extends string, Row>(
  build: (value: (name: Name) => never) => { compile(): CompiledQuery<Row> },
): Template<Name, Row> {
  let compiled: Step<Row> | undefined;
  const marks = new Map<SqlValue, Name>();

  function mark(name: Name): never {
    const text = `\u0000${name}`;
    marks.set(text, name);
    // Stands in for a value of whatever type its column has; it never reaches the database.
    return text as never;
  }

  return (values) => {
    compiled ??= step(build(mark));
    const parameters = compiled.parameters.map((one) => {
      const name = marks.get(one);
      return name === undefined ? one : values[name];
    });
    return { ...compiled, parameters };
  };
}
