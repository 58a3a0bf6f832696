import type Fraction from 'fraction.js';
import { isNegative, isPositive } from '../units/decimal.ts';
import { ROUNDING_MODES, roundToUnit } from '../units/rounding.ts';
import { asNumber, asText, listOf, named, numberOf } from './arguments.ts';
import type { Operator, Operators } from './compiler.ts';
import { numberType, sameUnit, type Type, textType, timesUnit, typeText } from './kinds.ts';
import { consequence, NOTHING, textOf, traced } from './values.ts';

/** Numbers from numbers. */
export const ARITHMETIC: Operators = {
  add: folded('add', alike, (a, b) => a.add(b)),
  subtract: folded('subtract', alike, (a, b) => a.sub(b)),
  multiply: folded('multiply', combined(1), (a, b) => a.mul(b)),
  divide: folded('divide', combined(-1), (a, b) => (b.n === 0n ? null : a.div(b))),
  least: folded('least', alike, (a, b) => (b.lt(a) ? b : a)),
  greatest: folded('greatest', alike, (a, b) => (b.gt(a) ? b : a)),

  /** `{of, to}`: to a whole power, for what grows by a share each time. */
  power: (json, path, compiler) => power(json, path, compiler),

  /** In the middle of a calculation; the amount itself is rounded by its rule. */
  round: (json, path, compiler) => rounding(json, path, compiler),
};

const rounding = named(
  'round',
  {
    of: { type: numberType(null) },
    to: { type: numberType(null) },
    mode: { type: textType(ROUNDING_MODES) },
  },
  ([of]) => numberType(of?.unit ?? null),
  ([of, to, mode], scope, path) => {
    const unit = asNumber(to);
    const chosen = ROUNDING_MODES.find((known) => known === asText(mode));
    if (chosen === undefined || !isPositive(unit)) return consequence(scope, `${path}/to`, 'not_positive');
    return roundToUnit(asNumber(of), unit, chosen);
  },
);

const POWER_MOST = 1_000n;
const POWER_DIGITS_MOST = 2_000;

const power = named(
  'power',
  { of: { type: numberType(new Map()) }, to: { type: numberType(new Map()) } },
  numberType(new Map()),
  ([of, to], scope, path) => {
    const [base, exponent] = [asNumber(of), asNumber(to)];
    if (exponent.d !== 1n || exponent.n > POWER_MOST)
      return consequence(scope, `${path}/to`, 'not_a_whole_number');
    if (isNegative(exponent) && base.n === 0n) return consequence(scope, path, 'divided_by_zero');
    const digits = Math.max(String(base.n).length, String(base.d).length) * Number(exponent.n);
    if (digits > POWER_DIGITS_MOST) return consequence(scope, path, 'out_of_range');
    return base.pow(exponent) ?? consequence(scope, path, 'not_a_number');
  },
);

type UnitRule = (a: Type, b: Type) => Type | null;

function alike(a: Type, b: Type): Type | null {
  return sameUnit(a.unit, b.unit) ? numberType(a.unit ?? b.unit) : null;
}

function combined(sign: 1 | -1): UnitRule {
  return (a, b) => numberType(timesUnit(a.unit, b.unit, sign));
}

/** From left to right over two or more numbers; null where there is no result. */
function folded(
  op: string,
  unitOf: UnitRule,
  combine: (a: Fraction, b: Fraction) => Fraction | null,
): Operator {
  return (json, path, compiler) => {
    const args = listOf(json, path, compiler);
    if (args === null) return { type: numberType(null), run: () => NOTHING };
    let type: Type | null = null;
    for (const [i, arg] of args.entries()) {
      if (arg.type.kind !== 'number' && arg.type.kind !== 'unknown') {
        compiler.fault(`${path}/${i}`, 'wrong_type', `${op} needs numbers, this is ${typeText(arg.type)}`);
        continue;
      }
      const before: Type | null = type;
      type = before === null ? arg.type : unitOf(before, arg.type);
      if (type === null && before !== null) {
        compiler.fault(
          `${path}/${i}`,
          'wrong_unit',
          `${op} needs the same unit throughout: ${typeText(arg.type)} after ${typeText(before)}`,
        );
        type = before;
      }
    }
    return {
      type: numberType(type?.unit ?? null),
      run: (scope) => {
        const values = args.map((arg, i) => numberOf(arg, scope, `${path}/${i}`));
        let result = values[0] ?? NOTHING;
        for (let i = 1; i < values.length; i += 1) {
          result = combine(result, values[i] ?? NOTHING) ?? consequence(scope, path, 'divided_by_zero');
        }
        return traced(scope, path, op, values.map(textOf), result);
      },
    };
  };
}

/** A bare literal may be of any unit: `"40"` beside an amount is money, `"0.3 %"` may be per hour. */
export function literalType(value: Fraction): Type {
  return numberType(null, { low: value, high: value });
}
