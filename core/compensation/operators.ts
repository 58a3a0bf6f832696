import Fraction from 'fraction.js';
import { parseDecimal } from '../units/decimal.ts';
import { isRoundingMode, roundToUnit } from '../units/rounding.ts';
import type { Evaluate, Scope } from './scope.ts';
import { isKeyed, NOTHING, refuse, textOf, traced } from './values.ts';

/** What an operator needs while its scheme is read. Faults are collected, so that a reader sees all of them. */
export interface Compiler {
  readonly parameters: ReadonlySet<string>;
  /** Steps written before this place. */
  readonly steps: ReadonlySet<string>;
  expression(json: unknown, path: string): Evaluate;
  fault(path: string, code: string, message: string): Evaluate;
}

/** Turns the argument of `{"<operator>": argument}` into an evaluation. Adding a primitive to the language is adding one of these. */
export type Operator = (argument: unknown, path: string, compiler: Compiler) => Evaluate;

/** Arithmetic, comparison and choice. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  add: folded('add', (a, b) => a.add(b)),
  subtract: folded('subtract', (a, b) => a.sub(b)),
  multiply: folded('multiply', (a, b) => a.mul(b)),
  divide: folded('divide', (a, b) => (b.n === 0n ? null : a.div(b))),
  least: folded('least', (a, b) => (b.lt(a) ? b : a)),
  greatest: folded('greatest', (a, b) => (b.gt(a) ? b : a)),

  at_least: compared('at_least', (order) => order >= 0),
  above: compared('above', (order) => order > 0),
  at_most: compared('at_most', (order) => order <= 0),
  below: compared('below', (order) => order < 0),

  equals: (args, path, compiler) => {
    const [a, b] = listOf(args, path, compiler, 2);
    if (a === undefined || b === undefined) return nothing;
    return (scope) => textOf(a(scope)) === textOf(b(scope));
  },
  not: (argument, path, compiler) => {
    const of = compiler.expression(argument, path);
    return (scope) => of(scope) !== true;
  },
  all: (args, path, compiler) => {
    const tests = listOf(args, path, compiler);
    return (scope) => tests.every((test) => test(scope) === true);
  },
  any: (args, path, compiler) => {
    const tests = listOf(args, path, compiler);
    return (scope) => tests.some((test) => test(scope) === true);
  },

  /** `{on, cases: {text: expression}}`; a text without a case is refused. */
  choose: (args, path, compiler) => {
    if (!isKeyed(args) || !('on' in args) || !isKeyed(args.cases)) {
      return compiler.fault(path, 'wrong_form', 'needs on and cases');
    }
    const on = compiler.expression(args.on, `${path}/on`);
    const cases = new Map(
      Object.entries(args.cases).map(([key, json]) => [
        key,
        compiler.expression(json, `${path}/cases/${key}`),
      ]),
    );
    return (scope) => {
      const key = textOf(on(scope));
      const chosen = cases.get(key);
      return chosen === undefined ? consequence(scope, `${path}/cases/${key}`, 'no_case') : chosen(scope);
    };
  },

  /** `{of, to, mode}` in the middle of a calculation; the amount itself is rounded by its rule. */
  round: (args, path, compiler) => {
    if (!isKeyed(args) || !('of' in args) || !('to' in args) || !('mode' in args)) {
      return compiler.fault(path, 'wrong_form', 'needs of, to and mode');
    }
    const { to, mode } = args;
    const unit = typeof to === 'string' ? parseDecimal(to) : null;
    if (unit === null || unit.lte(0n))
      return compiler.fault(`${path}/to`, 'wrong_form', 'must be a positive decimal string');
    if (!isRoundingMode(mode)) return compiler.fault(`${path}/mode`, 'not_allowed', 'is no rounding mode');
    const of = compiler.expression(args.of, `${path}/of`);
    return (scope) => {
      const value = numberOf(of, scope, `${path}/of`);
      return traced(
        scope,
        path,
        'round',
        [textOf(value), textOf(unit), mode],
        roundToUnit(value, unit, mode),
      );
    };
  },
};

const nothing: Evaluate = () => NOTHING;

export function numberOf(of: Evaluate, scope: Scope, path: string): Fraction {
  const value = of(scope);
  return value instanceof Fraction ? value : refuse(scope, path, 'not_a_number');
}

/** Refuses, unless something missing has been noted already: what follows from that is no further fault. */
function consequence(scope: Scope, path: string, code: string): Fraction {
  return scope.report.refused.size > 0 ? NOTHING : refuse(scope, path, code);
}

/** From left to right over two or more numbers; null where there is no result. */
function folded(name: string, combine: (a: Fraction, b: Fraction) => Fraction | null): Operator {
  return (args, path, compiler) => {
    const of = listOf(args, path, compiler);
    if (of.length < 2) return compiler.fault(path, 'wrong_form', `${name} needs a list of two or more`);
    return (scope) => {
      const values = of.map((one, i) => numberOf(one, scope, `${path}/${i}`));
      const [first = NOTHING, ...rest] = values;
      let result = first;
      for (const value of rest)
        result = combine(result, value) ?? consequence(scope, path, 'divided_by_zero');
      return traced(scope, path, name, values.map(textOf), result);
    };
  };
}

function compared(name: string, holds: (order: number) => boolean): Operator {
  return (args, path, compiler) => {
    const [a, b] = listOf(args, path, compiler, 2);
    if (a === undefined || b === undefined) return nothing;
    return (scope) => {
      const left = numberOf(a, scope, `${path}/0`);
      const right = numberOf(b, scope, `${path}/1`);
      return traced(scope, path, name, [textOf(left), textOf(right)], holds(left.compare(right)));
    };
  };
}

function listOf(args: unknown, path: string, compiler: Compiler, length?: number): readonly Evaluate[] {
  if (!Array.isArray(args) || (length !== undefined && args.length !== length)) {
    compiler.fault(
      path,
      'wrong_form',
      length === undefined ? 'must be a list' : `must be a list of ${length}`,
    );
    return [];
  }
  return args.map((json, i) => compiler.expression(json, `${path}/${i}`));
}
