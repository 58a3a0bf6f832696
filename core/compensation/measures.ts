import Fraction from 'fraction.js';
import { dayLength_ms, daysInMonth, localDate, localMonth, touchedDates } from '../units/calendar.ts';
import { isNegative, isPositive } from '../units/decimal.ts';
import { periodOf } from '../units/periods.ts';
import { checkKeys, numberOf } from './arguments.ts';
import type { Compiled, Operator, Operators } from './compiler.ts';
import { elapsed_ms } from './elapsed.ts';
import { INSTANT, numberType, PURE, textType } from './kinds.ts';
import { type Count, periodsIn, periodText } from './period-count.ts';
import type { Piece, Scope } from './scope.ts';
import { addTime, consequence, isKeyed, NOTHING, textOf, traced } from './values.ts';

/** Periods, days and ends of a part. */
export const MEASURES: Operators = {
  /** Distinct local dates without supply at some time. */
  started_days: (_, path) => ({
    type: numberType(new Map([['day', 1]]), { low: NOTHING }),
    run: (scope) => {
      const dates = new Set(scope.pieces.flatMap((piece) => touchedDates(piece, scope.zone)));
      const whole_ms = [...dates].reduce((sum, date) => sum + dayLength_ms(date, scope.zone), 0);
      addTime(scope, path, whole_ms - elapsed_ms(scope.pieces));
      return traced(scope, path, 'started_days', [...dates], new Fraction(BigInt(dates.size)));
    },
  }),

  /** `{hours, count, after?, most?}`: periods of each spell's counted time, in the part in which each begins. */
  periods: (json, path, compiler) => {
    if (!isKeyed(json) || !('hours' in json) || !('count' in json))
      return compiler.fault(path, 'wrong_form', 'periods needs {hours, count, after?, most?}');
    checkKeys(json, path, compiler, ['hours', 'count', 'after', 'most']);
    const hoursUnit = numberType(new Map([['hour', 1]]));
    const hours = compiler.typed(json.hours, `${path}/hours`, hoursUnit);
    const count = compiler.typed(json.count, `${path}/count`, textType(COUNTS));
    const after = compiler.typed(json.after ?? '0', `${path}/after`, hoursUnit);
    const most = json.most === undefined ? null : compiler.typed(json.most, `${path}/most`, numberType(null));
    return {
      type: numberType(PURE, { low: NOTHING }),
      run: (scope) => countPeriods(scope, path, { hours, count, after, most }),
    };
  },

  /** Days of the calendar month of the part. */
  days_in_month: (_, path) => ({
    type: numberType(new Map([['day', 1]])),
    run: (scope) => {
      const month = localMonth(scope.from, scope.zone);
      return traced(scope, path, 'days_in_month', [month], new Fraction(BigInt(daysInMonth(month))));
    },
  }),

  /** 365 or 366: days of the calendar year of the part. */
  days_in_year: (_, path) => ({
    type: numberType(new Map([['day', 1]])),
    run: (scope) => {
      const { name } = periodOf(localDate(scope.from, scope.zone), { period: 'year', starting: '01-01' });
      const leap = daysInMonth(`${name}-02`) === 29;
      return traced(scope, path, 'days_in_year', [name], new Fraction(leap ? 366n : 365n));
    },
  }),

  /** When the part's first interruption began. */
  began: instant('began', (scope) => scope.from),

  /** When its last one ended, or until when it is measured. */
  ended: instant('ended', (scope) => scope.to),
};

const HOUR_MS = 3_600_000;
const COUNTS = ['started', 'completed', 'prorated'] as const;

interface PeriodArguments {
  readonly hours: Compiled;
  readonly count: Compiled;
  readonly after: Compiled;
  readonly most: Compiled | null;
}

function countPeriods(scope: Scope, path: string, { hours, count, after, most }: PeriodArguments): Fraction {
  const length = numberOf(hours, scope, `${path}/hours`);
  const begin = numberOf(after, scope, `${path}/after`);
  const limit = most === null ? null : numberOf(most, scope, `${path}/most`);
  const given = count.run(scope);
  const how = COUNTS.find((known) => known === given);
  if (!isPositive(length)) return consequence(scope, `${path}/hours`, 'not_positive');
  if (how === undefined) return consequence(scope, `${path}/count`, 'not_allowed');
  const rule: Count = {
    how,
    length_ms: length.mul(BigInt(HOUR_MS)),
    after_ms: begin.mul(BigInt(HOUR_MS)),
    most: limit,
  };
  let periods = NOTHING;
  for (const piece of scope.pieces) periods = periods.add(periodsIn(piece, rule));
  if (how === 'started' && most === null) addTime(scope, path, beyond_ms(scope.pieces, rule, periods));
  const inputs = [how, textOf(length), textOf(begin), limit === null ? 'no limit' : textOf(limit)];
  return traced(scope, path, 'periods', [...inputs, ...scope.pieces.map(periodText)], periods);
}

/** What started periods last beyond the time counted in them. */
function beyond_ms(pieces: readonly Piece[], { length_ms, after_ms }: Count, periods: Fraction): number {
  const after = new Fraction(after_ms);
  const inside = pieces.reduce((sum, { before_ms, from, to }) => {
    const end = new Fraction(BigInt(before_ms + to - from));
    const begin = new Fraction(BigInt(before_ms));
    return end.lte(after) ? sum : sum.add(end.sub(begin.lt(after) ? after : begin));
  }, NOTHING);
  const beyond = length_ms.mul(periods).sub(inside);
  return isNegative(beyond) ? 0 : Math.round(beyond.valueOf());
}

function instant(op: string, at: (scope: Scope) => number): Operator {
  return (_, path) => ({ type: INSTANT, run: (scope) => traced(scope, path, op, [], { at: at(scope) }) });
}
