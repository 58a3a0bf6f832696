import Fraction from 'fraction.js';
import { dayLength_ms, daysInMonth, touchedDates } from '../units/calendar.ts';
import { exactText } from '../units/decimal.ts';
import { ceilingOf, floorOf } from '../units/rounding.ts';
import type { Operator } from './operators.ts';
import type { Piece, Scope } from './scope.ts';
import { isKeyed, refuse, traced } from './values.ts';

const HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: HOUR_MS, day: 24 * HOUR_MS };

/** How the counted time of a part becomes a number. Elapsed time is measured on the UTC line, days on the scheme's calendar. */
export const MEASURES: Readonly<Record<string, Operator>> = {
  elapsed: (unit, path, compiler) => {
    const length = typeof unit === 'string' ? UNITS[unit] : undefined;
    if (length === undefined)
      return compiler.fault(path, 'not_allowed', 'must be minute, hour or day (of 24 hours)');
    return (scope) =>
      traced(
        scope,
        path,
        'elapsed',
        [String(unit)],
        new Fraction(BigInt(elapsed_ms(scope.pieces)), BigInt(length)),
      );
  },

  /** Distinct local dates without supply at some time. */
  started_days: (_, path) => (scope) => {
    const dates = new Set(scope.pieces.flatMap((piece) => touchedDates(piece, scope.zone)));
    const whole_ms = [...dates].reduce((sum, date) => sum + dayLength_ms(date, scope.zone), 0);
    scope.report.added_ms += whole_ms - elapsed_ms(scope.pieces);
    return traced(scope, path, 'started_days', [...dates], new Fraction(BigInt(dates.size)));
  },

  /** `{hours, count: started | completed}`: periods from the start of each interruption, in the part in which each begins. */
  periods: (args, path, compiler) => {
    if (!isKeyed(args) || !('hours' in args) || !('count' in args)) {
      return compiler.fault(path, 'wrong_form', 'needs hours and count');
    }
    const hours = compiler.expression(args.hours, `${path}/hours`);
    const count = compiler.expression(args.count, `${path}/count`);
    return (scope) => {
      const length = hours(scope);
      const how = count(scope);
      if (!(length instanceof Fraction) || length.lte(0n))
        return refuse(scope, `${path}/hours`, 'not_positive');
      if (how !== 'started' && how !== 'completed') return refuse(scope, `${path}/count`, 'not_allowed');
      const length_ms = length.mul(BigInt(HOUR_MS));
      const periods = scope.pieces.reduce(
        (sum, piece) => sum + periodsBeginningIn(piece, length_ms, how),
        0n,
      );
      const beyond = length_ms
        .mul(periods)
        .sub(BigInt(elapsed_ms(scope.pieces)))
        .valueOf();
      if (how === 'started') scope.report.added_ms += Math.max(0, beyond);
      return traced(scope, path, 'periods', [how, exactText(length)], new Fraction(periods));
    };
  },

  /** Days of the calendar month of the part. */
  days_in_month: (_, path) => (scope) =>
    traced(scope, path, 'days_in_month', [scope.month], new Fraction(BigInt(daysInMonth(scope.month)))),
};

export function elapsed_ms(pieces: Scope['pieces']): number {
  return pieces.reduce((sum, { from, to }) => sum + (to - from), 0);
}

function periodsBeginningIn(
  { from, to, origin }: Piece,
  length_ms: Fraction,
  how: 'started' | 'completed',
): bigint {
  const before = (at: number): Fraction => new Fraction(BigInt(at - origin.from)).div(length_ms);
  // Period k begins at k lengths after the origin: the first at or after `from`, up to the last before `to`.
  const first = ceilingOf(before(from));
  const begun = ceilingOf(before(to)) - first;
  if (how === 'started') return begun;
  const unfinished = first + begun - floorOf(before(origin.to));
  return unfinished > 0n ? begun - unfinished : begun;
}
