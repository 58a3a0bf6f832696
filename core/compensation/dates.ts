import Fraction from 'fraction.js';
import { localDate, wallClock_ms } from '../units/calendar.ts';
import { dayOf, dayOfDate, weekday } from '../units/civil.ts';
import { asDate, asInstant, checkKeys, unary } from './arguments.ts';
import type { Operator, Operators } from './compiler.ts';
import { DATE, FLAG, INSTANT, numberType, type Type, typeText } from './kinds.ts';
import type { Value } from './scope.ts';
import { isKeyed, textOf, traced } from './values.ts';

const HOUR_MS = 3_600_000;

/** Instants and local dates. Dates are those of the scheme’s zone. */
export const DATES: Operators = {
  date_of: unary('date_of', INSTANT, DATE, (at, scope) => localDate(asInstant(at), scope.zone)),

  /** The instant of assessing. */
  now: (_, path) => ({
    type: INSTANT,
    run: (scope) => traced(scope, path, 'now', [], { at: scope.case.at }),
  }),

  earliest: chosen('earliest', (order) => order < 0),

  latest: chosen('latest', (order) => order > 0),

  /** `{from: "10-01", to: "03-31", on: date}`: whether a date lies in a season, its first and last day included. */
  in_season: (json, path, compiler) => {
    if (!isKeyed(json) || !isMonthDay(json.from) || !isMonthDay(json.to))
      return compiler.fault(path, 'wrong_form', 'in_season needs {from: "MM-DD", to: "MM-DD", on: date}');
    checkKeys(json, path, compiler, ['from', 'to', 'on']);
    const [from, to] = [String(json.from), String(json.to)];
    const on = compiler.typed(json.on, `${path}/on`, DATE);
    return {
      type: FLAG,
      run: (scope) => {
        const date = asDate(on.run(scope));
        const day = date.slice(5);
        const inside = from <= to ? from <= day && day <= to : from <= day || day <= to;
        return traced(scope, path, 'in_season', [date, from, to], inside);
      },
    };
  },

  /** Monday is 1, Sunday 7. */
  weekday: unary(
    'weekday',
    DATE,
    numberType(new Map(), { low: new Fraction(1n), high: new Fraction(7n) }),
    (date) => new Fraction(BigInt(weekday(dayOf(asDate(date))))),
  ),

  /** Hours the wall clock shows. */
  time_of_day: unary(
    'time_of_day',
    INSTANT,
    numberType(new Map([['hour', 1]])),
    (at, scope) => new Fraction(BigInt(wallClock_ms(asInstant(at), scope.zone)), BigInt(HOUR_MS)),
  ),
};

/** A day that exists in a leap year. */
function isMonthDay(text: unknown): boolean {
  return typeof text === 'string' && /^\d\d-\d\d$/.test(text) && dayOfDate(`2024-${text}`) !== null;
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
