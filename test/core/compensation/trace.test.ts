import { readFileSync } from 'node:fs';
import Fraction from 'fraction.js';
import { expect, it } from 'vitest';
import { readCase } from '../../../contracts/assess-case.ts';
import { readScheme } from '../../../contracts/scheme.ts';
import { assess } from '../../../core/compensation/assess.ts';
import type { Assessment, TraceLine } from '../../../core/compensation/case.ts';
import { exactText, parseExact } from '../../../core/units/decimal.ts';
import { isRoundingMode, roundToUnit } from '../../../core/units/rounding.ts';

const json: unknown = JSON.parse(
  readFileSync(new URL('../../../schemes/property-fee.json', import.meta.url), 'utf8'),
);

function assessed(parameters: Record<string, unknown>): Assessment {
  const scheme = readScheme(json);
  const given = readCase({
    premises: { area_m2: '98.4' },
    interruptions: [
      { from: '2024-01-31T14:00:00+08:00', to: '2024-02-02T02:07:30+08:00', attribution: 'property' },
      { from: '2024-02-10T14:00:00+08:00', to: '2024-02-12T02:00:00+08:00', attribution: 'property' },
    ],
    parameters: { rate: '2.85', ...parameters },
    at: '2024-03-01T00:00:00Z',
  });
  if (!scheme.ok || !given.ok) throw new Error('fixture');
  return assess(scheme.scheme, given.case);
}

const number = (text: string | undefined): Fraction => {
  const value = parseExact(text ?? '');
  if (value === null) throw new Error(`'${text}' is no exact number`);
  return value;
};

/** What a reader with nothing but the line makes of it; null for a line that states an input. */
function reckoned({ op, inputs }: TraceLine): string | null {
  const numbers = () => inputs.map(number);
  const fold = (combine: (a: Fraction, b: Fraction) => Fraction) => exactText(numbers().reduce(combine));
  switch (op) {
    case 'add':
      return fold((a, b) => a.add(b));
    case 'multiply':
      return fold((a, b) => a.mul(b));
    case 'divide':
      return fold((a, b) => a.div(b));
    case 'least':
      return fold((a, b) => (a.lt(b) ? a : b));
    case 'started_days':
      return String(inputs.length);
    case 'round': {
      const [value, unit, mode] = inputs;
      return isRoundingMode(mode) ? exactText(roundToUnit(number(value), number(unit), mode)) : null;
    }
    default:
      return null;
  }
}

it.for(['hour', 'started_day', 'block_24h'])(
  'by the %s, every line follows from its own inputs, and the amount from the lines',
  (unit) => {
    const { trace, total } = assessed({ unit });
    const lines = trace.filter((line) => reckoned(line) !== null);
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) expect(line.value, JSON.stringify(line)).toBe(reckoned(line));

    const months = trace.filter(({ op }) => op === 'amount');
    expect(months.map(({ part }) => part)).toEqual(['2024-01', '2024-02']);
    const sum = months.reduce((all, { value }) => all.add(number(value)), new Fraction(0n));
    expect(number(total.amount).equals(roundToUnit(sum, new Fraction(1n, 100n), 'half_up'))).toBe(true);
  },
);

it('names for every line where in the scheme file its step stands', () => {
  for (const { path } of assessed({}).trace) {
    const found = path
      .split('/')
      .slice(1)
      .reduce<unknown>(
        (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
        json,
      );
    expect(found, path).toBeDefined();
  }
});
