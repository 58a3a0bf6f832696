import Fraction from 'fraction.js';
import { plusDays, plusMonths } from '../units/calendar.ts';
import { dayOf, dayOfDate } from '../units/civil.ts';
import { isYearStart, PERIODS, periodOf } from '../units/periods.ts';
import { ceilingOf, floorOf } from '../units/rounding.ts';
import { plusWorkingDays, workingDaysBetween } from '../units/working-days.ts';
import { asDate, asInstant, asNumber, asText, EPOCH, named } from './arguments.ts';
import type { Compiled, Compiler, Operators } from './compiler.ts';
import { DATE, INSTANT, numberType, textType } from './kinds.ts';
import type { Scope, Value } from './scope.ts';
import { consequence, isKeyed } from './values.ts';
import { calendarArgument, workCalendar } from './work-calendar.ts';

/** Deadlines, and how far dates are apart. */
export const DEADLINES: Operators = {
  /** `{to: date, days | working_days | months | years}`, or `{to: instant, hours}`. */
  plus: (json, path, compiler) => plus(json, path, compiler),

  /** `{period, of, starting?}`: the last day of the month, quarter or year in which a date lies. */
  end_of: (json, path, compiler) => {
    if (isKeyed(json) && json.starting !== undefined && !isYearStart(json.starting))
      return compiler.fault(`${path}/starting`, 'wrong_form', 'must be MM-DD, up to the 28th');
    return named(
      'end_of',
      {
        period: { type: textType(PERIODS) },
        of: { type: DATE },
        starting: { type: textType(null), or: '01-01' },
      },
      DATE,
      ([period, of, starting]) => {
        const name = PERIODS.find((known) => known === asText(period)) ?? 'year';
        return periodOf(asText(of), { period: name, starting: asText(starting) }).last;
      },
    )(json, path, compiler);
  },

  /** `{from, to, count: calendar | clear | working, calendar?}` of dates: days after `from`, up to `to`; clear leaves out both. */
  days_between: (json, path, compiler) => {
    const { args, rest } = calendarArgument(json, path, compiler, isKeyed(json) && json.count === 'working');
    return named(
      'days_between',
      {
        from: { type: DATE },
        to: { type: DATE },
        count: { type: textType(['calendar', 'clear', 'working']) },
      },
      DAYS,
      ([from, to, count], scope, at) => {
        const days = dayOf(asDate(to)) - dayOf(asDate(from));
        switch (asText(count)) {
          case 'working': {
            const calendar = workCalendar(args, scope);
            const found = calendar === null ? null : workingDaysBetween(asDate(from), asDate(to), calendar);
            return found === null
              ? consequence(scope, `${at}/calendar`, 'calendar_ends')
              : new Fraction(BigInt(found));
          }
          case 'clear':
            return new Fraction(BigInt(Math.max(0, days - 1)));
          default:
            return new Fraction(BigInt(days));
        }
      },
    )(rest, path, compiler);
  },

  /** `{from, to, count: started | completed}` of dates: months after `from`; a month ends on the same day, or the last. */
  months_between: (json, path, compiler) =>
    named(
      'months_between',
      { from: { type: DATE }, to: { type: DATE }, count: { type: textType(['started', 'completed']) } },
      numberType(new Map()),
      ([from, to, count]) =>
        new Fraction(BigInt(monthsBetween(asDate(from), asDate(to), asText(count) === 'started'))),
    )(json, path, compiler),

  /** `{from, to}` of instants; negative when `to` is earlier. */
  hours_between: (json, path, compiler) =>
    named(
      'hours_between',
      { from: { type: INSTANT }, to: { type: INSTANT } },
      HOURS,
      ([from, to]) => new Fraction(BigInt(asInstant(to) - asInstant(from)), BigInt(HOUR_MS)),
    )(json, path, compiler),
};

const HOUR_MS = 3_600_000;
const FIRST = -62_135_510_400_000;
const LAST = 253_402_128_000_000;
const DAYS = numberType(new Map([['day', 1]]));
const HOURS = numberType(new Map([['hour', 1]]));
const ADDED = ['days', 'working_days', 'months', 'years', 'hours'] as const;

function plus(json: unknown, path: string, compiler: Compiler): Compiled {
  const unit = isKeyed(json) ? ADDED.find((name) => name in json) : undefined;
  if (!isKeyed(json) || unit === undefined)
    return compiler.fault(path, 'wrong_form', `plus needs {to} and one of ${ADDED.join(', ')}`);
  const { args, rest } = calendarArgument(json, path, compiler, unit === 'working_days');
  const type = unit === 'hours' ? INSTANT : DATE;
  return named(
    'plus',
    { to: { type }, [unit]: { type: unit === 'hours' ? HOURS : numberType(null) } },
    type,
    ([to, amount], scope, at): Value => {
      const whole = Number(floorOf(asNumber(amount)));
      switch (unit) {
        case 'hours':
          return { at: instantAfter(asInstant(to), asNumber(amount)) ?? outOfRange(scope, at, 0) };
        case 'days':
          return known(plusDays(asDate(to), whole)) ?? outOfRange(scope, at, EPOCH);
        case 'months':
          return known(plusMonths(asDate(to), whole)) ?? outOfRange(scope, at, EPOCH);
        case 'years':
          return known(plusMonths(asDate(to), whole * 12)) ?? outOfRange(scope, at, EPOCH);
        case 'working_days': {
          const calendar = workCalendar(args, scope);
          const date = calendar === null ? null : plusWorkingDays(asDate(to), whole, calendar);
          if (date !== null) return date;
          consequence(scope, `${at}/calendar`, 'calendar_ends');
          return EPOCH;
        }
      }
    },
  )(rest, path, compiler);
}

/** Within the years that are written with four digits. */
function known(date: string): string | null {
  return dayOfDate(date) === null ? null : date;
}

/** To the next millisecond; null beyond the years 1 to 9999. */
function instantAfter(from: number, hours: Fraction): number | null {
  const at = from + Number(ceilingOf(hours.mul(BigInt(HOUR_MS))));
  return at > FIRST && at < LAST ? at : null;
}

function outOfRange<V>(scope: Scope, path: string, instead: V): V {
  consequence(scope, path, 'out_of_range');
  return instead;
}

function monthsBetween(from: string, to: string, started: boolean): number {
  let months = 0;
  while (plusMonths(from, months + 1) <= to) months += 1;
  return started && plusMonths(from, months) < to ? months + 1 : months;
}
