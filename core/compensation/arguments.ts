import Fraction from 'fraction.js';
import { pointerStep } from '../units/fault.ts';
import type { Compiled, Compiler, Operator } from './compiler.ts';
import type { Type } from './kinds.ts';
import { nearest } from './nearest.ts';
import type { Scope, Value } from './scope.ts';
import { consequence, isKeyed, NOTHING, textOf, traced } from './values.ts';

/** One argument of an operator: its type, and a literal that stands for it when it is left out. */
export interface Parameter {
  readonly type: Type;
  readonly or?: string | boolean;
}

export type Arguments = Readonly<Record<string, Parameter>>;

/** Values in the order in which the arguments are declared. */
export type Compute = (values: readonly Value[], scope: Scope, path: string) => Value;

/**
 * An operator with named arguments, all of them evaluated: `{"hours_between": {"from": …, "to": …}}`. Its trace line holds
 * their values in the order declared here, so that its value follows from the line.
 */
export function named(
  op: string,
  parameters: Arguments,
  result: Type | ((types: readonly Type[]) => Type),
  compute: Compute,
): Operator {
  return (json, path, compiler) => {
    const args = namedArguments(json, path, compiler, parameters);
    if (args === null) return compiler.fault(path, 'wrong_form', shapeOf(op, parameters));
    const type = typeof result === 'function' ? result(args.map((arg) => arg.type)) : result;
    return {
      type,
      run: (scope) => {
        const values = args.map(({ run }) => run(scope));
        const value = compute(values, scope, path);
        return traced(scope, path, op, values.map(textOf), value);
      },
    };
  };
}

/** An operator of one bare argument: `{"date_of": …}`. */
export function unary(
  op: string,
  type: Type,
  result: Type,
  compute: (value: Value, scope: Scope, path: string) => Value,
): Operator {
  return (json, path, compiler) => {
    const of = compiler.typed(json, path, type);
    return {
      type: result,
      run: (scope) => {
        const value = of.run(scope);
        return traced(scope, path, op, [textOf(value)], compute(value, scope, path));
      },
    };
  };
}

function namedArguments(
  json: unknown,
  path: string,
  compiler: Compiler,
  parameters: Arguments,
): readonly Compiled[] | null {
  if (!isKeyed(json)) return null;
  checkKeys(json, path, compiler, Object.keys(parameters));
  const compiled: Compiled[] = [];
  for (const [name, { type, or }] of Object.entries(parameters)) {
    const given = json[name] ?? or;
    if (given === undefined) {
      compiled.push(compiler.fault(`${path}/${name}`, 'missing', `'${name}' is missing`));
      continue;
    }
    compiled.push(compiler.typed(given, `${path}/${name}`, type));
  }
  return compiled;
}

/** Keys nobody reads are faults: a misspelt one would be silently ignored. */
export function checkKeys(
  json: Readonly<Record<string, unknown>>,
  path: string,
  compiler: Compiler,
  known: readonly string[],
): void {
  for (const key of Object.keys(json)) {
    if (known.includes(key)) continue;
    compiler.fault(
      `${path}/${pointerStep(key)}`,
      'unknown_key',
      `'${key}' is not one of ${known.join(', ')}${nearest(key, known)}`,
    );
  }
}

export function listOf(json: unknown, path: string, compiler: Compiler): readonly Compiled[] | null {
  if (!Array.isArray(json) || json.length < 2) {
    compiler.fault(path, 'wrong_form', 'must be a list of two or more');
    return null;
  }
  return json.map((one: unknown, i) => compiler.expression(one, `${path}/${i}`));
}

/** What is missing has been noted and stands in as zero; anything else that is no number is a fault of the case. */
export function numberOf(of: Compiled, scope: Scope, path: string): Fraction {
  const value = of.run(scope);
  return value instanceof Fraction ? value : consequence(scope, path, 'not_a_number');
}

export function asNumber(value: Value | undefined): Fraction {
  return value instanceof Fraction ? value : NOTHING;
}

export function asInstant(value: Value | undefined): number {
  return typeof value === 'object' && !(value instanceof Fraction) ? value.at : 0;
}

export function asText(value: Value | undefined): string {
  return value === undefined ? '' : textOf(value);
}

export const EPOCH = '1970-01-01';

/** What is missing has been noted and stands in as a date. */
export function asDate(value: Value | undefined): string {
  return typeof value === 'string' ? value : EPOCH;
}

function shapeOf(op: string, parameters: Arguments): string {
  const names = Object.entries(parameters).map(([name, { or }]) => (or === undefined ? name : `${name}?`));
  return `${op} needs {${names.join(', ')}}`;
}
