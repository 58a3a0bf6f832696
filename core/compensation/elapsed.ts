import Fraction from 'fraction.js';
import type { Interval } from '../units/calendar.ts';
import { isPositive } from '../units/decimal.ts';
import { roundToUnit } from '../units/rounding.ts';
import { toIso } from '../units/time.ts';
import { checkKeys, numberOf } from './arguments.ts';
import type { Compiled, Compiler, Operator, Operators } from './compiler.ts';
import { numberType } from './kinds.ts';
import type { Scope } from './scope.ts';
import { addTime, consequence, isKeyed, NOTHING, textOf, traced } from './values.ts';

/** Counted time as a number, measured on the UTC line. */
export const ELAPSED: Operators = {
  /** All counted time: `"hour"`, or `{unit, least?, started?}`: each interruption at least so long, and in started multiples. */
  elapsed: (json, path, compiler) =>
    isKeyed(json) ? elapsedEach(json, path, compiler) : elapsedInAll(json, path, compiler),

  /** The longest single interruption of the ledger, before any merging. */
  longest: inUnit('longest', (scope) => {
    const longest = longestOf(scope);
    return { ms: longest === null ? 0 : longest.to - longest.from, of: longest === null ? [] : [longest] };
  }),
};

const HOUR_MS = 3_600_000;
export const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: HOUR_MS, day: 24 * HOUR_MS };

const UNIT_WORDS = 'must be minute, hour or day (of 24 hours)';

const elapsedInAll = inUnit('elapsed', (scope) => ({ ms: elapsed_ms(scope.pieces), of: scope.pieces }));

function elapsedEach(json: Readonly<Record<string, unknown>>, path: string, compiler: Compiler): Compiled {
  checkKeys(json, path, compiler, ['unit', 'least', 'started']);
  const length = typeof json.unit === 'string' ? UNITS[json.unit] : undefined;
  if (length === undefined) return compiler.fault(`${path}/unit`, 'not_allowed', UNIT_WORDS);
  const unit = String(json.unit);
  const type = numberType(new Map([[unit, 1]]), { low: NOTHING });
  const least = compiler.typed(json.least ?? '0', `${path}/least`, type);
  const started = json.started === undefined ? null : compiler.typed(json.started, `${path}/started`, type);
  return {
    type,
    run: (scope) => {
      const minimum = numberOf(least, scope, `${path}/least`);
      const step = started === null ? null : numberOf(started, scope, `${path}/started`);
      if (step !== null && !isPositive(step)) return consequence(scope, `${path}/started`, 'not_positive');
      const own = scope.spells.map(({ id }) => elapsed_ms(scope.pieces.filter(({ spell }) => spell === id)));
      const exact = own.map((ms) => timeIn(ms, length));
      const counted = exact.map((value) => {
        const longer = value.lt(minimum) ? minimum : value;
        return step === null ? longer : roundToUnit(longer, step, 'ceiling');
      });
      const sum = (values: readonly Fraction[]) => values.reduce((all, value) => all.add(value), NOTHING);
      addTime(scope, path, Math.round(sum(counted).sub(sum(exact)).mul(BigInt(length)).valueOf()));
      const inputs = [unit, textOf(minimum), step === null ? 'exact' : textOf(step), ...exact.map(textOf)];
      return traced(scope, path, 'elapsed_each', inputs, sum(counted));
    },
  };
}

export function elapsed_ms(pieces: readonly Interval[]): number {
  let sum = 0;
  for (const { from, to } of pieces) sum += to - from;
  return sum;
}

export function intervalText({ from, to }: Interval): string {
  return `${toIso(from)}/${toIso(to)}`;
}

export function timeIn(ms: number, length: number): Fraction {
  return new Fraction(BigInt(ms), BigInt(length));
}

function inUnit(op: string, measured: (scope: Scope) => { ms: number; of: readonly Interval[] }): Operator {
  return (unit, path, compiler) => {
    const length = typeof unit === 'string' ? UNITS[unit] : undefined;
    if (typeof unit !== 'string' || length === undefined)
      return compiler.fault(path, 'not_allowed', UNIT_WORDS);
    return {
      type: numberType(new Map([[unit, 1]]), { low: NOTHING }),
      run: (scope) => {
        const { ms, of } = measured(scope);
        return traced(scope, path, op, [unit, ...of.map(intervalText)], timeIn(ms, length));
      },
    };
  };
}

/** Ledger entries that touch are one stretch without supply, whatever they were split for. */
function longestOf(scope: Scope): Interval | null {
  let longest: Interval | null = null;
  for (const { members, to: measured } of scope.spells) {
    let run: Interval | null = null;
    for (const { from, to } of members) {
      const end = Math.max(from, to ?? measured);
      run =
        run !== null && from <= run.to ? { from: run.from, to: Math.max(run.to, end) } : { from, to: end };
      if (longest === null || run.to - run.from > longest.to - longest.from) longest = run;
    }
  }
  return longest;
}
