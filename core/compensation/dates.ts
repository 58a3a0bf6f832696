import Fraction from 'fraction.js';
import { atWallClock, localDate, localDay, plusDays, plusMonths, wallClock_ms } from '../units/calendar.ts';
import { dayOf, weekday } from '../units/civil.ts';
import { PERIODS, periodOf } from '../units/periods.ts';
import { ceilingOf, floorOf } from '../units/rounding.ts';
import { isWorkingDay, plusWorkingDays, workingDaysBetween } from '../units/working-days.ts';
import { asInstant, asNumber, asText, checkKeys, named, unary } from './arguments.ts';
import type { Compiled, Compiler, Operator, Operators } from './compiler.ts';
import { clockOf } from './daily-window.ts';
import { DATE, FLAG, INSTANT, numberType, type Type, textType, typeText } from './kinds.ts';
import type { Scope, Value } from './scope.ts';
import { consequence, isKeyed, textOf, traced } from './values.ts';
import { calendarArgument, workCalendar } from './work-calendar.ts';

const HOUR_MS = 3_600_000;
const EPOCH = '1970-01-01';
const DAYS = numberType(new Map([['day', 1]]));
const HOURS = numberType(new Map([['hour', 1]]));
const ADDED = ['days', 'working_days', 'months', 'years', 'hours'] as const;

/** Instants, local dates and deadlines. Dates are those of the scheme's zone. */
export const DATES: Operators = {
  date_of: unary('date_of', INSTANT, DATE, (at, scope) => localDate(asInstant(at), scope.zone)),

  /** The instant of assessing. */
  now: (_, path) => ({
    type: INSTANT,
    run: (scope) => traced(scope, path, 'now', [], { at: scope.case.at }),
  }),

  /** `{to: date, days | working_days | months | years}`, or `{to: instant, hours}`. */
  plus: (json, path, compiler) => plus(json, path, compiler),

  /** `{period, of, starting?}`: the last day of the month, quarter or year in which a date lies. */
  end_of: (json, path, compiler) =>
    named(
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
    )(json, path, compiler),

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
        const days = dayOf(dateIn(to)) - dayOf(dateIn(from));
        switch (asText(count)) {
          case 'working': {
            const calendar = workCalendar(args, scope);
            const found = calendar === null ? null : workingDaysBetween(dateIn(from), dateIn(to), calendar);
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
        new Fraction(BigInt(monthsBetween(dateIn(from), dateIn(to), asText(count) === 'started'))),
    )(json, path, compiler),

  /** `{from, to}` of instants; negative when `to` is earlier. */
  hours_between: (json, path, compiler) =>
    named(
      'hours_between',
      { from: { type: INSTANT }, to: { type: INSTANT } },
      HOURS,
      ([from, to]) => new Fraction(BigInt(asInstant(to) - asInstant(from)), BigInt(HOUR_MS)),
    )(json, path, compiler),

  earliest: chosen('earliest', (order) => order < 0),
  latest: chosen('latest', (order) => order > 0),

  /** `{from: "10-01", to: "03-31", on: date}`: whether a date lies in a season, its first and last day included. */
  in_season: (json, path, compiler) => {
    const days = /^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
    if (!isKeyed(json) || !days.test(String(json.from)) || !days.test(String(json.to)))
      return compiler.fault(path, 'wrong_form', 'in_season needs {from: "MM-DD", to: "MM-DD", on: date}');
    checkKeys(json, path, compiler, ['from', 'to', 'on']);
    const [from, to] = [String(json.from), String(json.to)];
    const on = compiler.typed(json.on, `${path}/on`, DATE);
    return {
      type: FLAG,
      run: (scope) => {
        const date = dateIn(on.run(scope));
        const day = date.slice(5);
        const inside = from <= to ? from <= day && day <= to : from <= day || day <= to;
        return traced(scope, path, 'in_season', [date, from, to], inside);
      },
    };
  },

  /** `{on: date, calendar?}` */
  working_day: (json, path, compiler) => {
    const { args, rest } = calendarArgument(json, path, compiler, true);
    return named('working_day', { on: { type: DATE } }, FLAG, ([on], scope, at) => {
      const calendar = workCalendar(args, scope);
      const working = calendar === null ? null : isWorkingDay(dateIn(on), calendar);
      if (working !== null) return working;
      consequence(scope, `${at}/calendar`, 'calendar_ends');
      return false;
    })(rest, path, compiler);
  },

  /** Monday is 1, Sunday 7. */
  weekday: unary(
    'weekday',
    DATE,
    numberType(new Map(), { low: new Fraction(1n), high: new Fraction(7n) }),
    (date) => new Fraction(BigInt(weekday(dayOf(dateIn(date))))),
  ),

  /** Hours the wall clock shows. */
  time_of_day: unary(
    'time_of_day',
    INSTANT,
    HOURS,
    (at, scope) => new Fraction(BigInt(wallClock_ms(asInstant(at), scope.zone)), BigInt(HOUR_MS)),
  ),

  /** `{at, working: ["07:00", "19:00"], other: ["09:00", "17:00"] | null, calendar?}`: the instant itself in opening hours, else the next opening. */
  opening: (json, path, compiler) => opening(json, path, compiler),
};

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
          return { at: asInstant(to) + Number(ceilingOf(asNumber(amount).mul(BigInt(HOUR_MS)))) };
        case 'days':
          return plusDays(dateIn(to), whole);
        case 'months':
          return plusMonths(dateIn(to), whole);
        case 'years':
          return plusMonths(dateIn(to), whole * 12);
        case 'working_days': {
          const calendar = workCalendar(args, scope);
          const date = calendar === null ? null : plusWorkingDays(dateIn(to), whole, calendar);
          if (date !== null) return date;
          consequence(scope, `${at}/calendar`, 'calendar_ends');
          return EPOCH;
        }
      }
    },
  )(rest, path, compiler);
}

function monthsBetween(from: string, to: string, started: boolean): number {
  if (to <= from) return 0;
  let months =
    (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 +
    Number(to.slice(5, 7)) -
    Number(from.slice(5, 7));
  while (plusMonths(from, months) > to) months -= 1;
  return started && plusMonths(from, months) < to ? months + 1 : months;
}

/** What is missing has been noted and stands in as a date. */
function dateIn(value: Value | undefined): string {
  return typeof value === 'string' ? value : EPOCH;
}

/** Over a list of instants or of dates; optional inputs that are absent are passed over, all of them absent is a refusal by each. */
function chosen(op: string, better: (order: number) => boolean): Operator {
  return (json, path, compiler) => {
    if (!Array.isArray(json) || json.length === 0)
      return compiler.fault(path, 'wrong_form', 'must be a list');
    const args = json.map((one: unknown, i) => compiler.expression(one, `${path}/${i}`));
    const type: Type = args.find((arg) => arg.type.kind !== 'unknown')?.type ?? INSTANT;
    for (const [i, arg] of args.entries()) {
      if (
        arg.type.kind === 'unknown' ||
        (arg.type.kind === type.kind && ['instant', 'date'].includes(type.kind))
      )
        continue;
      compiler.fault(
        `${path}/${i}`,
        'wrong_type',
        `${op} needs instants, or dates, not ${typeText(arg.type)}`,
      );
    }
    return {
      type: type.kind === 'date' ? DATE : INSTANT,
      run: (scope) => {
        const values = args
          .filter(({ given }) => given === undefined || given(scope))
          .map(({ run }) => run(scope));
        const [first, ...rest] = values;
        if (first === undefined) return args.map(({ run }) => run(scope))[0] ?? { at: scope.from };
        const best = rest.reduce((a, b) => (better(orderOf(b, a)) ? b : a), first);
        return traced(scope, path, op, values.map(textOf), best);
      },
    };
  };
}

function orderOf(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return asInstant(a) - asInstant(b);
}

/** A deadline that never opens within a year is no opening. */
const DAYS_LOOKED_AT = 400;

function opening(json: unknown, path: string, compiler: Compiler): Compiled {
  if (!isKeyed(json))
    return compiler.fault(path, 'wrong_form', 'opening needs {at, working, other, calendar?}');
  const { args, rest } = calendarArgument(json, path, compiler, true);
  checkKeys(rest, path, compiler, ['at', 'working', 'other']);
  const at = compiler.typed(json.at, `${path}/at`, INSTANT);
  const [working, other] = [hoursOf(json.working), hoursOf(json.other)];
  if (working === null) return compiler.fault(`${path}/working`, 'wrong_form', 'must be ["HH:MM", "HH:MM"]');
  return {
    type: INSTANT,
    run: (scope) => {
      const asked = asInstant(at.run(scope));
      const calendar = workCalendar(args, scope);
      const found =
        calendar === null
          ? null
          : nextOpening(asked, scope, (date) => {
              const isWorking = isWorkingDay(date, calendar);
              return isWorking === null ? undefined : isWorking ? working : other;
            });
      if (found === null) consequence(scope, `${path}/calendar`, 'calendar_ends');
      return traced(scope, path, 'opening', [textOf({ at: asked })], { at: found ?? asked });
    },
  };
}

type Hours = readonly [number, number];

function hoursOf(json: unknown): Hours | null {
  if (!Array.isArray(json) || json.length !== 2) return null;
  const [from, to] = [clockOf(json[0]), clockOf(json[1])];
  return from === null || to === null || to <= from ? null : [from, to];
}

function nextOpening(
  at: number,
  { zone }: Scope,
  hoursOn: (date: string) => Hours | null | undefined,
): number | null {
  const today = localDay(at, zone);
  for (let ahead = 0; ahead < DAYS_LOOKED_AT; ahead += 1) {
    const date = plusDays(EPOCH, today + ahead);
    const hours = hoursOn(date);
    if (hours === undefined) return null;
    if (hours === null) continue;
    const [opens, closes] = [atWallClock(date, hours[0], zone), atWallClock(date, hours[1], zone)];
    if (at < closes) return Math.max(at, opens);
  }
  return null;
}
