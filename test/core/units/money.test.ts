import fc from 'fast-check';
import Fraction from 'fraction.js';
import { describe, expect, it, test } from 'vitest';
import { exactText, parseDecimal, parseExact } from '../../../core/units/decimal.ts';
import {
  addMoney,
  fractionOf,
  minorDigits,
  money,
  moneyOf,
  moneyText,
  parseMoney,
} from '../../../core/units/money.ts';
import {
  ROUNDING_MODES,
  type RoundingMode,
  roundToInteger,
  roundToUnit,
} from '../../../core/units/rounding.ts';
import { splitMoney } from '../../../core/units/split.ts';

const fraction = (text: string): Fraction => parseExact(text) ?? new Fraction(0n);
const anyFraction = fc
  .tuple(fc.bigInt(-(10n ** 15n), 10n ** 15n), fc.bigInt(1n, 10n ** 6n))
  .map(([n, d]) => new Fraction(n, d));

describe('decimal strings', () => {
  test.for([
    ['2.80', '2.8'],
    ['12.5 %', '0.125'],
    ['12.5%', '0.125'],
    ['100 %', '1'],
    ['-0.01', '-0.01'],
    ['0', '0'],
    ['007.10', '7.1'],
  ] as const)('%s is exactly %s', ([text, exact]) => {
    const value = parseDecimal(text);
    expect(value === null ? null : exactText(value)).toBe(exact);
  });

  test.for([
    '',
    '.5',
    '5.',
    '1e3',
    '1/3',
    '1,000',
    '+1',
    ' 1',
    '1 ',
    '0x10',
    'NaN',
    '１',
    '1.2.3',
    '% 1',
    '--1',
    '1.(3)',
  ])('refuses %s', (text) => {
    expect(parseDecimal(text)).toBeNull();
  });

  it('writes every fraction so that it reads back unchanged', () => {
    fc.assert(
      fc.property(anyFraction, (value) => {
        expect(parseExact(exactText(value))?.equals(value)).toBe(true);
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => void [parseDecimal(text), parseExact(text), parseMoney(text, 'CNY')],
      ),
    );
  });
});

describe('rounding', () => {
  const ties: Readonly<Record<RoundingMode, readonly string[]>> = {
    half_up: ['-3', '-2', '-1', '1', '2', '3'],
    half_even: ['-2', '-2', '0', '0', '2', '2'],
    half_down: ['-2', '-1', '0', '0', '1', '2'],
    up: ['-3', '-2', '-1', '1', '2', '3'],
    down: ['-2', '-1', '0', '0', '1', '2'],
    ceiling: ['-2', '-1', '0', '1', '2', '3'],
    floor: ['-3', '-2', '-1', '0', '1', '2'],
  };

  test.for(ROUNDING_MODES)('%s on the ties -2.5 … 2.5', (mode) => {
    const rounded = ['-2.5', '-1.5', '-0.5', '0.5', '1.5', '2.5'].map((text) =>
      String(roundToInteger(fraction(text), mode)),
    );
    expect(rounded).toEqual(ties[mode]);
  });

  test.for([
    ['1.0867', '0.01', 'down', '1.08'],
    ['93.1', '5', 'half_up', '95'],
    ['92.4', '5', 'half_up', '90'],
    ['4801', '100', 'up', '4900'],
    ['4800', '100', 'up', '4800'],
    ['420/29', '0.01', 'half_up', '14.48'],
  ] as const)('%s to a multiple of %s, %s, is %s', ([value, unit, mode, rounded]) => {
    expect(exactText(roundToUnit(fraction(value), fraction(unit), mode))).toBe(rounded);
  });

  it('moves a value by less than one unit, a half mode by at most half a unit, and an integer not at all', () => {
    fc.assert(
      fc.property(anyFraction, fc.constantFrom(...ROUNDING_MODES), (value, mode) => {
        const rounded = roundToInteger(value, mode);
        const moved = value.sub(rounded).abs();
        expect(moved.compare(mode.startsWith('half') ? new Fraction(1n, 2n) : 1n)).toBeLessThanOrEqual(0);
        expect(moved.equals(1n)).toBe(false);
        expect(roundToInteger(new Fraction(rounded), mode)).toBe(rounded);
      }),
    );
  });
});

describe('money', () => {
  test.for([
    ['14.48', 'CNY', 1448],
    ['14.4', 'CNY', 1440],
    ['-0.05', 'CNY', -5],
    ['3260', 'JPY', 3260],
    ['1.234', 'KWD', 1234],
  ] as const)('%s %s is %i minor units', ([text, currency, minor]) => {
    expect(parseMoney(text, currency)).toEqual({ minor, currency });
  });

  test.for([
    ['14.485', 'CNY'],
    ['0.5', 'JPY'],
    ['5 %', 'CNY'],
    ['99999999999999999999', 'CNY'],
  ] as const)('%s %s is no amount', ([text, currency]) => {
    expect(parseMoney(text, currency)).toBeNull();
  });

  it('goes through text unchanged in every currency', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('CNY', 'JPY', 'KWD'), (minor, currency) => {
        const text = moneyText(money(minor, currency));
        expect(parseMoney(text.amount, text.currency)).toEqual(money(minor, currency));
        expect(text.amount.split('.')[1]?.length ?? 0).toBe(minorDigits(currency));
      }),
    );
  });

  it('rounds once, from the exact amount', () => {
    expect(moneyText(moneyOf(fraction('2.675'), 'CNY', 'half_up')).amount).toBe('2.68');
    expect(moneyText(moneyOf(fraction('1.005'), 'CNY', 'half_even')).amount).toBe('1.00');
    expect(moneyOf(fraction('420/29'), 'JPY', 'half_up')).toEqual({ minor: 14, currency: 'JPY' });
  });

  it('is read up to the last amount that integers hold', () => {
    expect(parseMoney('90071992547409.91', 'CNY')?.minor).toBe(Number.MAX_SAFE_INTEGER);
    expect(parseMoney('90071992547409.92', 'CNY')).toBeNull();
  });

  it('adds only what has the same currency, and refuses what integers cannot hold', () => {
    expect(addMoney(money(1, 'CNY'), money(-3, 'CNY'))).toEqual({ minor: -2, currency: 'CNY' });
    expect(() => addMoney(money(1, 'CNY'), money(1, 'JPY'))).toThrow(TypeError);
    expect(() => money(2n ** 53n, 'CNY')).toThrow(RangeError);
    expect(exactText(fractionOf(money(-1448, 'CNY')))).toBe('-14.48');
  });
});

describe('splitting', () => {
  const shares = (total: number, weights: readonly string[]): readonly string[] =>
    splitMoney(money(total, 'CNY'), weights.map(fraction)).map((share) => moneyText(share).amount);

  it('shares generator fuel by area to the cent', () => {
    expect(shares(214_305, ['80.5', '120', '99.5'])).toEqual(['575.05', '857.22', '710.78']);
  });

  it('serves equal remainders in the order given', () => {
    expect(shares(10_000, ['1', '1', '1'])).toEqual(['33.34', '33.33', '33.33']);
    expect(shares(-10_000, ['1', '1', '1'])).toEqual(['-33.34', '-33.33', '-33.33']);
    expect(shares(1, ['0', '1', '1'])).toEqual(['0.00', '0.01', '0.00']);
  });

  it('sums to the total, and no share is a whole minor unit away from the exact one', () => {
    const weights = fc
      .array(fc.bigInt(0n, 10n ** 9n), { minLength: 1, maxLength: 40 })
      .filter((all) => all.some((weight) => weight > 0n));
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), weights, (total, all) => {
        const fractions = all.map((weight) => new Fraction(weight));
        const parts = splitMoney(money(total, 'CNY'), fractions);
        const sum = all.reduce((a, b) => a + b, 0n);
        expect(parts.reduce((a, part) => a + part.minor, 0)).toBe(total);
        parts.forEach((part, index) => {
          const exact = new Fraction(BigInt(total)).mul(all[index] ?? 0n).div(sum);
          expect(exact.sub(BigInt(part.minor)).abs().compare(1n)).toBeLessThan(0);
        });
      }),
    );
  });

  it('of nothing is nothing, without a sign', () => {
    const shares = splitMoney(money(0, 'CNY'), [fraction('1'), fraction('2')]);
    expect(shares.map(({ minor }) => minor)).toEqual([0, 0]);
  });

  it('refuses weights that say nothing', () => {
    expect(() => shares(100, ['0', '0'])).toThrow(RangeError);
    expect(() => shares(100, ['2', '-1'])).toThrow(RangeError);
    expect(() => shares(100, [])).toThrow(RangeError);
  });
});
