import type Fraction from 'fraction.js';
import { asInstant, asNumber, asText } from './arguments.ts';
import type { Compiled, Compiler, Operator, Operators } from './compiler.ts';
import { FLAG, flagType, joined, sameUnit, TEXT, type Type, typeText } from './kinds.ts';
import { nearest } from './nearest.ts';
import type { Value } from './scope.ts';
import { textOf, traced } from './values.ts';

/** Values against each other. */
export const COMPARISONS: Operators = {
  at_least: compared('at_least', (order) => order >= 0),

  above: compared('above', (order) => order > 0),

  at_most: compared('at_most', (order) => order <= 0),

  below: compared('below', (order) => order < 0),

  equals: (json, path, compiler) => {
    if (!Array.isArray(json) || json.length !== 2)
      return compiler.fault(path, 'wrong_form', 'needs a list of two');
    const [a, b] = pairOf(json, path, compiler);
    const always = comparableTexts(a, b, path, compiler);
    return {
      type: flagType(always),
      run: (scope) => {
        const [left, right] = [textOf(a.run(scope)), textOf(b.run(scope))];
        return traced(scope, path, 'equals', [left, right], left === right);
      },
    };
  },

  /** `[x, a, b, …]`: whether the first equals one of the others. */
  one_of: (json, path, compiler) => {
    if (!Array.isArray(json) || json.length < 2)
      return compiler.fault(path, 'wrong_form', 'needs a list: what to look at, then what it may be');
    const of = compiler.expression(json[0], `${path}/0`);
    const others = json.slice(1).map((one: unknown, i) => {
      const at = `${path}/${i + 1}`;
      const [, other] = pairOf([json[0], one], path, compiler, [`${path}/0`, at]);
      comparableTexts(of, other, at, compiler);
      return other;
    });
    return {
      type: FLAG,
      run: (scope) => {
        const values = [of, ...others].map((one) => textOf(one.run(scope)));
        const [value, ...known] = values;
        return traced(scope, path, 'one_of', values, known.includes(value ?? ''));
      },
    };
  },
};

/** A text beside a text of a closed list is read as text, whatever it looks like. */
function pairOf(
  json: readonly unknown[],
  path: string,
  compiler: Compiler,
  paths: readonly [string, string] = [`${path}/0`, `${path}/1`],
): readonly [Compiled, Compiled] {
  const [a, b] = [compiler.expression(json[0], paths[0]), compiler.expression(json[1], paths[1])];
  if (a.type.kind === 'text' && typeof json[1] === 'string')
    return [a, compiler.typed(json[1], paths[1], TEXT)];
  if (b.type.kind === 'text' && typeof json[0] === 'string')
    return [compiler.typed(json[0], paths[0], TEXT), b];
  return [a, b];
}

/** Null: it depends on the case. A comparison that can never hold is a mistake, and is reported. */
function comparableTexts(a: Compiled, b: Compiled, path: string, compiler: Compiler): boolean | null {
  const [left, right] = [a.type, b.type];
  if (joined({ ...left, values: null }, { ...right, values: null }) === null) {
    compiler.fault(path, 'wrong_type', `cannot compare ${typeText(left)} with ${typeText(right)}`);
    return null;
  }
  if (left.values === null || right.values === null) return null;
  const known = new Set(left.values);
  if (right.values.some((value) => known.has(value))) return null;
  const [single, list] =
    right.values.length === 1 ? [right.values, left.values] : [left.values, right.values];
  compiler.fault(
    path,
    'never_true',
    `'${single.join(', ')}' is not one of ${list.join(', ')}${nearest(single[0] ?? '', list)}`,
  );
  return null;
}

function compared(op: string, holds: (order: number) => boolean): Operator {
  return (json, path, compiler) => {
    if (!Array.isArray(json) || json.length !== 2)
      return compiler.fault(path, 'wrong_form', 'needs a list of two');
    const a = compiler.expression(json[0], `${path}/0`);
    const b = compiler.expression(json[1], `${path}/1`);
    checkOrdered(op, a.type, b.type, path, compiler);
    return {
      type: flagType(fixedBy(a.type, b.type, holds)),
      run: (scope) => {
        const [left, right] = [a.run(scope), b.run(scope)];
        return traced(scope, path, op, [textOf(left), textOf(right)], holds(orderOf(left, right, a.type)));
      },
    };
  };
}

function checkOrdered(op: string, a: Type, b: Type, path: string, compiler: Compiler): void {
  const wrong = [a, b].find(({ kind }) => kind === 'text' || kind === 'flag');
  if (wrong !== undefined) {
    const hint =
      wrong.values?.length === 1 ? '; a number is written "5000" or "12.5 %", a date 2024-01-31' : '';
    compiler.fault(
      path,
      'wrong_type',
      `${op} needs numbers, dates or instants, not ${typeText(wrong)}${hint}`,
    );
  } else if (a.kind !== 'unknown' && b.kind !== 'unknown' && a.kind !== b.kind) {
    compiler.fault(path, 'wrong_type', `cannot compare ${typeText(a)} with ${typeText(b)}`);
  } else if (!sameUnit(a.unit, b.unit)) {
    compiler.fault(path, 'wrong_unit', `cannot compare ${typeText(a)} with ${typeText(b)}`);
  }
}

function orderOf(a: Value, b: Value, { kind }: Type): number {
  if (kind === 'date') return asText(a) < asText(b) ? -1 : asText(a) > asText(b) ? 1 : 0;
  if (kind === 'instant') return asInstant(a) - asInstant(b);
  return asNumber(a).compare(asNumber(b));
}

/** Known beforehand only where the ranges of both sides leave no doubt. */
function fixedBy(a: Type, b: Type, holds: (order: number) => boolean): boolean | null {
  const orders = new Set<boolean>();
  for (const order of possibleOrders(a, b)) orders.add(holds(order));
  return orders.size === 1 ? orders.has(true) : null;
}

function possibleOrders(a: Type, b: Type): readonly number[] {
  const below = (x: Fraction | null, y: Fraction | null) => x === null || y === null || x.lt(y);
  const meets = (x: Fraction | null, y: Fraction | null) => x === null || y === null || x.lte(y);
  const orders: number[] = [];
  if (below(a.low, b.high)) orders.push(-1);
  if (meets(a.low, b.high) && meets(b.low, a.high)) orders.push(0);
  if (below(b.low, a.high)) orders.push(1);
  return orders;
}
