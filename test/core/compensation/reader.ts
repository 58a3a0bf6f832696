import Fraction from 'fraction.js';
import { Temporal } from 'temporal-polyfill';
import type { TraceLine } from '../../../core/compensation/case.ts';
import { exactText, parseDecimal, parseExact } from '../../../core/units/decimal.ts';
import { isRoundingMode, roundToUnit } from '../../../core/units/rounding.ts';

/** A reader who has the scheme file and the trace, and nothing of the engine. */
export interface Reader {
  readonly scheme: unknown;
  readonly zone: string;
  readonly trace: readonly TraceLine[];
}

export function number(text: string | undefined): Fraction {
  const value = parseExact(text ?? '');
  if (value === null) throw new Error(`'${text}' is no exact number`);
  return value;
}

/** What stands at a JSON pointer. */
export function at(json: unknown, path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (here, key) => (typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined),
      json,
    );
}

/** The value an expression had when line `i` was written, from a literal or from an earlier line of the same part. */
export function valueBefore(reader: Reader, json: unknown, path: string, i: number): string {
  if (typeof json === 'boolean') return String(json);
  if (typeof json === 'string') {
    const value = parseDecimal(json);
    return value === null ? json : exactText(value);
  }
  if (typeof json !== 'object' || json === null) throw new Error(`${path} is no expression`);
  const [[op, argument] = ['', undefined]] = Object.entries(json);
  if (op === 'use')
    return valueBefore(reader, at(reader.scheme, `/definitions/${argument}`), `/definitions/${argument}`, i);
  const here = reader.trace[i];
  const same = (line: TraceLine) => line.rule === here?.rule && line.part === here?.part;
  const before = reader.trace.slice(0, i);
  if (op === 'step') {
    const line = before.findLast((one) => same(one) && one.op === 'step' && one.inputs[0] === argument);
    if (line !== undefined) return line.value;
  }
  const line = before.findLast((one) => same(one) && one.path === `${path}/${op}`);
  if (line !== undefined) return line.value;
  if (op === 'decision') {
    const other = at(argument, '/else');
    return valueBefore(reader, other, `${path}/decision/else`, i);
  }
  throw new Error(`nothing says what ${path}/${op} was, before line ${i}: ${JSON.stringify(here)}`);
}

/** Arguments whose values are the line's inputs, in this order. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  round: ['of', 'to', 'mode'],
  end_of: ['period', 'of', 'starting'],
  hours_between: ['from', 'to'],
};
const LISTS = new Set([
  'add',
  'subtract',
  'multiply',
  'divide',
  'least',
  'greatest',
  'at_least',
  'above',
  'at_most',
  'below',
  'equals',
  'one_of',
]);

/** What the inputs of a line must be, by the scheme; null where the line states more than its arguments. */
export function inputsBy(reader: Reader, i: number): readonly string[] | null {
  const line = reader.trace[i];
  if (line === undefined) return null;
  const argument = at(reader.scheme, line.path);
  if (LISTS.has(line.op) && Array.isArray(argument))
    return argument.map((one: unknown, n) => valueBefore(reader, one, `${line.path}/${n}`, i));
  const names = NAMED[line.op];
  if (names === undefined || !line.path.endsWith(`/${line.op}`)) return null;
  if (typeof argument !== 'object' || argument === null || !('of' in argument || 'from' in argument))
    return null;
  return names.map((name) =>
    name === 'starting' && Reflect.get(argument, name) === undefined
      ? '01-01'
      : valueBefore(reader, Reflect.get(argument, name), `${line.path}/${name}`, i),
  );
}

const COMPARED: Readonly<Record<string, (order: number) => boolean>> = {
  at_least: (order) => order >= 0,
  above: (order) => order > 0,
  at_most: (order) => order <= 0,
  below: (order) => order < 0,
};

/** What the reader makes of a line; null for one that states what came from outside: an input, a date of the case, a count of ids. */
export function reckoned(reader: Reader, i: number): string | null {
  const line = reader.trace[i];
  if (line === undefined) return null;
  const { op, inputs, path } = line;
  const fold = (combine: (a: Fraction, b: Fraction) => Fraction) =>
    exactText(inputs.map(number).reduce(combine, new Fraction(0n)));
  const chain = (combine: (a: Fraction, b: Fraction) => Fraction) =>
    exactText(inputs.slice(1).map(number).reduce(combine, number(inputs[0])));
  const argument = at(reader.scheme, path);
  const child = (key: string) => valueBefore(reader, at(argument, `/${key}`), `${path}/${key}`, i);
  const compare = COMPARED[op];
  if (compare !== undefined) return String(compare(orderOf(inputs[0] ?? '', inputs[1] ?? '')));
  switch (op) {
    case 'add':
      return chain((a, b) => a.add(b));
    case 'subtract':
      return chain((a, b) => a.sub(b));
    case 'multiply':
      return chain((a, b) => a.mul(b));
    case 'divide':
      return chain((a, b) => a.div(b));
    case 'least':
      return chain((a, b) => (a.lt(b) ? a : b));
    case 'greatest':
      return chain((a, b) => (a.gt(b) ? a : b));
    case 'sum':
    case 'sum_list':
      return fold((a, b) => a.add(b));
    case 'most':
      return fold((a, b) => (a.gt(b) ? a : b));
    case 'equals':
      return String(inputs[0] === inputs[1]);
    case 'one_of':
      return String(inputs.slice(1).includes(inputs[0] ?? ''));
    case 'not':
      return String(inputs[0] !== 'true');
    case 'all':
      return String(inputs.every((one) => one === 'true'));
    case 'any':
      return String(inputs.includes('true'));
    case 'if':
      return child(inputs[0] === 'true' ? 'then' : 'else');
    case 'first':
      return child(`${inputs[0]}/is`);
    case 'choose': {
      const cases = at(argument, '/cases');
      const known = typeof cases === 'object' && cases !== null && (inputs[0] ?? '') in cases;
      return child(known ? `cases/${inputs[0]}` : 'else');
    }
    case 'bands':
      return child(inputs[1] === 'else' ? 'else' : `bands/${inputs[1]}/is`);
    case 'tiers': {
      let sum = new Fraction(0n);
      for (let n = 1; n < inputs.length; n += 2) sum = sum.add(number(inputs[n]).mul(number(inputs[n + 1])));
      return exactText(sum);
    }
    case 'table': {
      const [name, row, column] = inputs;
      return literal(at(reader.scheme, `/tables/${name}/rows/${row}/${column}`));
    }
    case 'series':
      return literal(inForce(at(reader.scheme, `/series/${inputs[0]}/values`), inputs[1] ?? ''));
    case 'started_days':
    case 'count':
      return String(inputs.length);
    case 'elapsed':
    case 'longest':
    case 'elapsed_between':
      return exactText(timeIn(inputs));
    case 'elapsed_each': {
      const [, least, started, ...own] = inputs;
      const counted = own.map((text) => {
        const value = number(text).lt(number(least)) ? number(least) : number(text);
        return started === 'exact' ? value : roundToUnit(value, number(started), 'ceiling');
      });
      return exactText(counted.reduce((a, b) => a.add(b), new Fraction(0n)));
    }
    case 'periods':
      return periods(inputs);
    case 'days_in_month':
      return String(Temporal.PlainYearMonth.from(inputs[0] ?? '').daysInMonth);
    case 'days_in_year':
      return String(Temporal.PlainDate.from(`${inputs[0]}-01-01`).daysInYear);
    case 'date_of':
      return Temporal.Instant.from(inputs[0] ?? '')
        .toZonedDateTimeISO(reader.zone)
        .toPlainDate()
        .toString();
    case 'hours_between':
      return exactText(hoursBetween(inputs[0] ?? '', inputs[1] ?? ''));
    case 'weekday':
      return String(Temporal.PlainDate.from(inputs[0] ?? '').dayOfWeek);
    case 'earliest':
      return inputs.reduce((a, b) => (orderOf(a, b) <= 0 ? a : b));
    case 'latest':
      return inputs.reduce((a, b) => (orderOf(a, b) >= 0 ? a : b));
    case 'in_season': {
      const [date = '', from = '', to = ''] = inputs;
      const day = date.slice(5);
      return String(from <= to ? from <= day && day <= to : from <= day || day <= to);
    }
    case 'round': {
      const [value, unit, mode = ''] = inputs;
      return isRoundingMode(mode) ? exactText(roundToUnit(number(value), number(unit), mode)) : null;
    }
    case 'room': {
      const left = roundToUnit(number(inputs[0]), new Fraction(1n, 100n), 'half_up').sub(number(inputs[1]));
      return left.s < 0n ? '0' : exactText(left);
    }
    case 'months_between': {
      const [from = '', to = '', count] = inputs;
      const [a, b] = [Temporal.PlainDate.from(from), Temporal.PlainDate.from(to)];
      const whole = a.until(b, { largestUnit: 'months' }).months;
      const rest = Temporal.PlainDate.compare(a.add({ months: whole }), b) < 0;
      return String(Math.max(0, count === 'started' && rest ? whole + 1 : whole));
    }
    case 'power':
      return exactText(number(inputs[0]).pow(number(inputs[1])) ?? new Fraction(0n));
    case 'limit': {
      const share = number(inputs[0]).mul(number(inputs[1]));
      const room = number(inputs[2]);
      return exactText(share.lt(room) ? share : room);
    }
    case 'group':
      return '0';
    case 'step':
      return valueBefore(reader, at(argument, '/is'), `${path}/is`, i);
    case 'amount':
    case 'due':
    case 'payee':
    case 'recourse':
      return valueBefore(reader, argument, path, i);
    default:
      return null;
  }
}

function literal(json: unknown): string {
  return exactText(number(typeof json === 'string' ? exactText(parseDecimal(json) ?? new Fraction(0n)) : ''));
}

function inForce(values: unknown, date: string): unknown {
  const known = (Array.isArray(values) ? values : []) as readonly { from: string; value: string }[];
  return known
    .filter(({ from }) => from <= date)
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .at(-1)?.value;
}

function orderOf(a: string, b: string): number {
  const [x, y] = [parseExact(a), parseExact(b)];
  if (x !== null && y !== null) return x.compare(y);
  return a < b ? -1 : a > b ? 1 : 0;
}

function hoursBetween(from: string, to: string): Fraction {
  const ms = Temporal.Instant.from(to).epochMilliseconds - Temporal.Instant.from(from).epochMilliseconds;
  return new Fraction(BigInt(ms), 3_600_000n);
}

function timeIn([unit, ...intervals]: readonly string[]): Fraction {
  const hours = intervals
    .map((text) => text.split('/'))
    .reduce((sum, [from = '', to = '']) => sum.add(hoursBetween(from, to)), new Fraction(0n));
  return unit === 'minute' ? hours.mul(60n) : unit === 'day' ? hours.div(24n) : hours;
}

/** Periods by counting them one by one, not by the engine's formula. */
function periods([how, hours, after, most, ...pieces]: readonly string[]): string {
  const length = number(hours).mul(3_600_000n);
  const start = number(after).mul(3_600_000n);
  const limit = most === 'no limit' ? 1_000_000 : Math.floor(number(most).valueOf());
  let count = new Fraction(0n);
  for (const piece of pieces) {
    const [, from = '0', to = '0', spell = '0'] = /^(\d+)\.\.(\d+) of (\d+) ms$/.exec(piece) ?? [];
    const [begin, end, whole] = [number(from), number(to), number(spell)];
    for (let n = 0; n < limit && start.add(length.mul(BigInt(n))).lt(end); n += 1) {
      const opens = start.add(length.mul(BigInt(n)));
      const closes = opens.add(length);
      if (how === 'prorated') {
        const [low, high] = [opens.lt(begin) ? begin : opens, closes.gt(end) ? end : closes];
        if (high.gt(low)) count = count.add(high.sub(low).div(length));
      } else if (opens.gte(begin) && (how === 'started' || closes.lte(whole))) count = count.add(1n);
    }
  }
  return exactText(count);
}
