import type Fraction from 'fraction.js';
import { parseDecimal } from '../units/decimal.ts';
import type { Band } from './bands.ts';
import type { Expression } from './rule.ts';
import { isKeyed } from './values.ts';

/** What a condition says of one quantity: that it lies in a stretch of numbers, or is a certain text. */
interface Demand {
  /** The quantity, as written. */
  readonly of: string;
  readonly band: Band | null;
  readonly text: string | null;
}

const OPPOSITE: Readonly<Record<string, string>> = {
  at_least: 'below',
  above: 'at_most',
  at_most: 'above',
  below: 'at_least',
};
/** The same comparison with its sides exchanged. */
const TURNED: Readonly<Record<string, string>> = {
  at_least: 'at_most',
  above: 'below',
  at_most: 'at_least',
  below: 'above',
};

/** The first of some conditions, all of which must hold (`holds`) or must not, that leaves no value to a quantity; -1: none. */
export function contradiction(
  tests: readonly { readonly test: Expression; readonly holds: boolean }[],
): number {
  const known: Demand[] = [];
  return tests.findIndex(({ test, holds }) =>
    demandsOf(test, holds).some((demand) => {
      const against = known.filter(({ of }) => of === demand.of);
      known.push(demand);
      return against.some((other) => excludes(other, demand)) || isEmpty([...against, demand]);
    }),
  );
}

function demandsOf(test: Expression, holds: boolean): readonly Demand[] {
  if (!isKeyed(test)) return [];
  const [[word, argument] = ['', undefined]] = Object.entries(test);
  if (word === 'not') return demandsOf(argument, !holds);
  if (word === (holds ? 'all' : 'any') && Array.isArray(argument))
    return argument.flatMap((one: unknown) => demandsOf(one, holds));
  if (!Array.isArray(argument) || argument.length !== 2) return [];
  const [left, right]: readonly unknown[] = argument;
  if (word === 'equals' && holds && typeof right === 'string')
    return [{ of: JSON.stringify(left), band: null, text: right }];
  const [of, literal, turned] = isKeyed(left) ? [left, right, false] : [right, left, true];
  const bound = typeof literal === 'string' ? parseDecimal(literal) : null;
  const order = turned ? TURNED[word] : word;
  const said = order === undefined || holds ? order : OPPOSITE[order];
  const band = bound === null || said === undefined ? null : bandOf(said, bound);
  return band === null ? [] : [{ of: JSON.stringify(of), band, text: null }];
}

function bandOf(word: string, bound: Fraction): Band | null {
  const open = { low: null, lowIn: false, high: null, highIn: false };
  switch (word) {
    case 'at_least':
      return { ...open, low: bound, lowIn: true };
    case 'above':
      return { ...open, low: bound };
    case 'at_most':
      return { ...open, high: bound, highIn: true };
    case 'below':
      return { ...open, high: bound };
    default:
      return null;
  }
}

function excludes(a: Demand, b: Demand): boolean {
  return a.text !== null && b.text !== null && a.text !== b.text;
}

function isEmpty(demands: readonly Demand[]): boolean {
  const bands = demands.flatMap(({ band }) => (band === null ? [] : [band]));
  return bands.some(({ low, lowIn }) =>
    bands.some(({ high, highIn }) => {
      if (low === null || high === null) return false;
      const order = low.compare(high);
      return order > 0 || (order === 0 && !(lowIn && highIn));
    }),
  );
}
