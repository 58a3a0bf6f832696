import type Fraction from 'fraction.js';
import { pointerStep } from '../units/fault.ts';
import { asInstant, asNumber, asText, checkKeys } from './arguments.ts';
import type { Compiled, Compiler, Operator, Operators } from './compiler.ts';
import { FLAG, flagType, joined, sameUnit, TEXT, type Type, typeText, UNKNOWN } from './kinds.ts';
import { nearest } from './nearest.ts';
import type { Value } from './scope.ts';
import { consequence, isKeyed, textOf, traced } from './values.ts';

/** Comparison and choice. Only the branch that is taken is evaluated, so what another needs may be missing. */
export const LOGIC: Operators = {
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

  not: (json, path, compiler) => {
    const of = compiler.typed(json, path, FLAG);
    return {
      type: flagType(of.type.always === null ? null : !of.type.always),
      run: (scope) => {
        const value = of.run(scope);
        return traced(scope, path, 'not', [textOf(value)], value !== true);
      },
    };
  },

  all: quantified('all', false),
  any: quantified('any', true),

  /** `{if, then, else}` */
  if: (json, path, compiler) => {
    if (!isKeyed(json) || !('if' in json) || !('then' in json) || !('else' in json))
      return compiler.fault(path, 'wrong_form', 'if needs {if, then, else}');
    checkKeys(json, path, compiler, ['if', 'then', 'else']);
    const test = compiler.typed(json.if, `${path}/if`, FLAG);
    unlessFixed(test, `${path}/if`, compiler);
    const then = compiler.expression(json.then, `${path}/then`);
    const other = compiler.expression(json.else, `${path}/else`);
    return {
      type: common([then, other], [`${path}/then`, `${path}/else`], compiler),
      run: (scope) => {
        const holds = test.run(scope) === true;
        return traced(scope, path, 'if', [String(holds)], (holds ? then : other).run(scope));
      },
    };
  },

  /** `[{when, is}, …, {is}]`: the first whose `when` holds. */
  first: (json, path, compiler) => {
    if (!Array.isArray(json) || json.length === 0 || !json.every((one) => isKeyed(one) && 'is' in one))
      return compiler.fault(path, 'wrong_form', 'first needs a list of {when, is}, the last without when');
    const entries = json.map((one: Readonly<Record<string, unknown>>, i) => {
      checkKeys(one, `${path}/${i}`, compiler, ['when', 'is']);
      const when = one.when === undefined ? null : compiler.typed(one.when, `${path}/${i}/when`, FLAG);
      if (when !== null) unlessFixed(when, `${path}/${i}/when`, compiler);
      if ((when === null) !== (i === json.length - 1))
        compiler.fault(
          `${path}/${i}`,
          i === json.length - 1 ? 'missing_case' : 'unreachable',
          i === json.length - 1
            ? 'the last entry must have no when, to say what holds otherwise'
            : 'an entry without when takes everything: those after it are never read',
        );
      return { when, is: compiler.expression(one.is, `${path}/${i}/is`) };
    });
    return {
      type: common(
        entries.map(({ is }) => is),
        entries.map((_, i) => `${path}/${i}/is`),
        compiler,
      ),
      run: (scope) => {
        const index = entries.findIndex(({ when }) => when === null || when.run(scope) === true);
        const taken = entries[index];
        return taken === undefined
          ? consequence(scope, path, 'no_case')
          : traced(scope, path, 'first', [String(index)], taken.is.run(scope));
      },
    };
  },

  /** `{on, cases: {text: expression}, else?}`; a text without a case and without `else` is refused. */
  choose: (json, path, compiler) => {
    if (!isKeyed(json) || !('on' in json) || !isKeyed(json.cases))
      return compiler.fault(path, 'wrong_form', 'choose needs {on, cases, else?}');
    checkKeys(json, path, compiler, ['on', 'cases', 'else']);
    const on = compiler.expression(json.on, `${path}/on`);
    const cases = new Map(
      Object.entries(json.cases).map(([key, is]) => [
        key,
        compiler.expression(is, `${path}/cases/${pointerStep(key)}`),
      ]),
    );
    const other = 'else' in json ? compiler.expression(json.else, `${path}/else`) : null;
    checkCases(on.type, [...cases.keys()], other !== null, path, compiler);
    const branches = [...cases.values(), ...(other === null ? [] : [other])];
    const paths = [...cases.keys()].map((key) => `${path}/cases/${pointerStep(key)}`);
    return {
      type: common(branches, other === null ? paths : [...paths, `${path}/else`], compiler),
      run: (scope) => {
        const key = textOf(on.run(scope));
        const chosen = cases.get(key) ?? other;
        return chosen === null
          ? consequence(scope, `${path}/cases/${pointerStep(key)}`, 'no_case')
          : traced(scope, path, 'choose', [key], chosen.run(scope));
      },
    };
  },

  /** Whether an input that may be absent is there. */
  given: (json, path, compiler) => {
    const of = compiler.expression(json, path);
    const { given } = of;
    if (given === undefined)
      return compiler.fault(path, 'not_optional', 'needs an input that is declared optional');
    return { type: FLAG, run: (scope) => traced(scope, path, 'given', [], given(scope)) };
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

/** all and any: read one after the other until one decides; those after it may lack their inputs. */
function quantified(op: string, deciding: boolean): Operator {
  return (json, path, compiler) => {
    const tests = flags(json, path, compiler);
    const fixed = tests.some(({ type }) => type.always === deciding)
      ? deciding
      : tests.every(({ type }) => type.always === !deciding)
        ? !deciding
        : null;
    return {
      type: flagType(fixed),
      run: (scope) => {
        const read: string[] = [];
        const found = tests.some((test) => {
          const holds = test.run(scope) === true;
          read.push(String(holds));
          return holds === deciding;
        });
        return traced(scope, path, op, read, found === deciding);
      },
    };
  };
}

function flags(json: unknown, path: string, compiler: Compiler): readonly Compiled[] {
  if (!Array.isArray(json) || json.length === 0) {
    compiler.fault(path, 'wrong_form', 'must be a list');
    return [];
  }
  return json.map((one: unknown, i) => compiler.typed(one, `${path}/${i}`, FLAG));
}

export function unlessFixed({ type }: Compiled, path: string, compiler: Compiler): void {
  if (type.always === null) return;
  compiler.fault(
    path,
    type.always ? 'always_true' : 'never_true',
    `is ${type.always ? 'always true' : 'never true'}: what depends on it ${type.always ? 'needs no condition' : 'is never reached'}`,
  );
}

/** The type all branches share. */
export function common(branches: readonly Compiled[], paths: readonly string[], compiler: Compiler): Type {
  let type: Type = UNKNOWN;
  for (const [i, branch] of branches.entries()) {
    const both = joined(type, branch.type);
    if (both === null)
      compiler.fault(
        paths[i] ?? '',
        branch.type.kind === type.kind ? 'wrong_unit' : 'wrong_type',
        `is ${typeText(branch.type)} where another branch is ${typeText(type)}`,
      );
    else type = both;
  }
  return type;
}

function checkCases(
  on: Type,
  keys: readonly string[],
  hasElse: boolean,
  path: string,
  compiler: Compiler,
): void {
  if (on.kind === 'number' || on.kind === 'instant')
    compiler.fault(
      `${path}/on`,
      'wrong_type',
      `choose goes by a text, this is ${typeText(on)}; use bands or first`,
    );
  const { values } = on;
  if (values === null) return;
  for (const key of keys) {
    if (values.includes(key)) continue;
    compiler.fault(
      `${path}/cases/${pointerStep(key)}`,
      'unreachable',
      `'${key}' never occurs; there are ${values.join(', ')}${nearest(key, values)}`,
    );
  }
  const missing = values.filter((value) => !keys.includes(value));
  if (missing.length > 0 && !hasElse)
    compiler.fault(`${path}/cases`, 'missing_case', `has no case for ${missing.join(', ')}, and no else`);
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
    compiler.fault(path, 'wrong_type', `${op} needs numbers, dates or instants, not ${typeText(wrong)}`);
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
