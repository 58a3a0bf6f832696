import Fraction from 'fraction.js';
import {
  dayLength_ms,
  daysInMonth,
  type Interval,
  localDate,
  localMonth,
  touchedDates,
} from '../units/calendar.ts';
import { periodOf } from '../units/periods.ts';
import { roundToUnit } from '../units/rounding.ts';
import { toIso } from '../units/time.ts';
import { asNumber, checkKeys, numberOf } from './arguments.ts';
import type { Compiled, Compiler, Operator, Operators } from './compiler.ts';
import { dailyWindow, withinWindow } from './daily-window.ts';
import { FLAG, INSTANT, numberType, PURE, textType } from './kinds.ts';
import { type Count, periodsIn, periodText } from './period-count.ts';
import type { Piece, Scope, Spell } from './scope.ts';
import { addTime, consequence, isKeyed, NOTHING, textOf, traced } from './values.ts';

const HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: HOUR_MS, day: 24 * HOUR_MS };
const COUNTS = ['started', 'completed', 'prorated'] as const;

/** How the counted time of a part becomes a number. Elapsed time is measured on the UTC line, days on the scheme's calendar. */
export const MEASURES: Operators = {
  /** All counted time: `"hour"`, or `{unit, least?, started?}`: each interruption at least so long, and in started multiples. */
  elapsed: (json, path, compiler) =>
    isKeyed(json) ? elapsedEach(json, path, compiler) : elapsedInAll(json, path, compiler),

  /** The longest single interruption of the ledger, before any merging. */
  longest: inUnit('longest', (scope) => {
    const longest = longestOf(scope);
    return { ms: longest === null ? 0 : longest.to - longest.from, of: longest === null ? [] : [longest] };
  }),

  /** `{unit, from: "18:00", to: "22:00"}`: counted time inside these hours of the wall clock, every day. */
  elapsed_between: (json, path, compiler) => {
    const window = isKeyed(json) ? dailyWindow(json.from, json.to) : null;
    const length = isKeyed(json) && typeof json.unit === 'string' ? UNITS[json.unit] : undefined;
    if (!isKeyed(json) || window === null || length === undefined)
      return compiler.fault(path, 'wrong_form', 'needs {unit, from: "HH:MM", to: "HH:MM"}');
    checkKeys(json, path, compiler, ['unit', 'from', 'to']);
    const unit = String(json.unit);
    return {
      type: numberType(new Map([[unit, 1]]), { low: NOTHING }),
      run: (scope) => {
        const inside = scope.pieces.flatMap((piece) => withinWindow(piece, window, scope.zone));
        return traced(
          scope,
          path,
          'elapsed_between',
          [unit, ...inside.map(intervalText)],
          timeIn(elapsed_ms(inside), length),
        );
      },
    };
  },

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

  /** `{where?}`: interruptions of the part, after merging. */
  count: overSpells('count', (values) => new Fraction(BigInt(values.length)), false),
  /** `{of, where?}` */
  sum: overSpells('sum', (values) => values.reduce((all, value) => all.add(value), NOTHING), true),
  /** `{of, where?}`: the greatest; 0 when there is none. */
  most: overSpells(
    'most',
    (values) => values.reduce((all, value) => (value.gt(all) ? value : all), NOTHING),
    true,
  ),

  /** When the part's first interruption began. */
  began: instant('began', (scope) => scope.from),
  /** When its last one ended, or until when it is measured. */
  ended: instant('ended', (scope) => scope.to),
};

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
      if (step !== null && (step.s < 0n || step.n === 0n))
        return consequence(scope, `${path}/started`, 'not_positive');
      const own = scope.spells.map(({ id }) => elapsed_ms(scope.pieces.filter(({ spell }) => spell === id)));
      const exact = own.filter((ms) => ms > 0).map((ms) => timeIn(ms, length));
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

const UNIT_WORDS = 'must be minute, hour or day (of 24 hours)';

export function elapsed_ms(pieces: readonly Interval[]): number {
  let sum = 0;
  for (const { from, to } of pieces) sum += to - from;
  return sum;
}

export function intervalText({ from, to }: Interval): string {
  return `${toIso(from)}/${toIso(to)}`;
}

function timeIn(ms: number, length: number): Fraction {
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
  if (length.s <= 0n || length.n === 0n) return consequence(scope, `${path}/hours`, 'not_positive');
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
  return beyond.s > 0n ? Math.round(beyond.valueOf()) : 0;
}

/** Looks at each spell of the part by itself. */
function overSpells(
  op: string,
  combine: (values: readonly Fraction[]) => Fraction,
  needsOf: boolean,
): Operator {
  return (json, path, compiler) => {
    const args = isKeyed(json) ? json : json === true && !needsOf ? {} : null;
    if (args === null || (needsOf && !('of' in args)))
      return compiler.fault(
        path,
        'wrong_form',
        `${op} needs ${needsOf ? '{of, where?}' : '{where?} or true'}`,
      );
    checkKeys(args, path, compiler, needsOf ? ['of', 'where'] : ['where']);
    const each = compiler.in({ interruption: true });
    const of = needsOf ? each.typed(args.of, `${path}/of`, numberType(null)) : null;
    const where = args.where === undefined ? null : each.typed(args.where, `${path}/where`, FLAG);
    return {
      type: numberType(of === null ? PURE : of.type.unit, { low: of === null ? NOTHING : null }),
      run: (scope) => {
        const values: Fraction[] = [];
        const inputs: string[] = [];
        for (const spell of scope.spells) {
          const own = scopeOfSpell(scope, spell);
          if (where !== null && where.run(own) !== true) continue;
          const value = of === null ? NOTHING : asNumber(of.run(own));
          values.push(value);
          inputs.push(of === null ? spell.id : textOf(value));
        }
        return traced(scope, path, op, inputs, combine(values));
      },
    };
  };
}

function scopeOfSpell(scope: Scope, spell: Spell): Scope {
  return {
    ...scope,
    part: scope.part === spell.id ? spell.id : `${scope.part ?? ''}/${spell.id}`,
    from: spell.from,
    to: spell.to,
    interruption: spell.members[0] ?? null,
    spells: [spell],
    pieces: scope.pieces.filter(({ spell: id }) => id === spell.id),
  };
}

function instant(op: string, at: (scope: Scope) => number): Operator {
  return (_, path) => ({ type: INSTANT, run: (scope) => traced(scope, path, op, [], { at: at(scope) }) });
}
