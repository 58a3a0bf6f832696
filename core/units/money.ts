import Fraction from 'fraction.js';
import { parseDecimal, scaledText } from './decimal.ts';
import { type RoundingMode, roundToInteger } from './rounding.ts';

/** An amount in integer minor units of its ISO 4217 currency. */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

/** As it crosses a door: `{"amount": "14.48", "currency": "CNY"}`. */
export interface MoneyText {
  readonly amount: string;
  readonly currency: string;
}

/** Currencies whose minor unit is not a hundredth (ISO 4217). */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
};

export function minorDigits(currency: string): number {
  return MINOR_DIGITS[currency] ?? 2;
}

/** By digits: how many minor units make a major one, and one of them as a part of it. Made once; they are asked for with every amount. */
const SCALES = [0, 1, 2, 3].map((digits) => 10n ** BigInt(digits));
const UNITS = SCALES.map((scale) => new Fraction(1n, scale));

function scaleOf(currency: string): bigint {
  return SCALES[minorDigits(currency)] ?? 100n;
}

/** One minor unit as a part of the major one: 1/100, 1, 1/1000. */
export function minorUnit(currency: string): Fraction {
  return UNITS[minorDigits(currency)] ?? new Fraction(1n, scaleOf(currency));
}

/** Throws on an amount beyond exact integers: that is nine million millions in a currency of cents, hence our mistake. */
export function money(minor: bigint | number, currency: string): Money {
  const value = Number(minor);
  if (!Number.isSafeInteger(value)) throw new RangeError(`amount of ${minor} minor units is out of range`);
  return { minor: value, currency };
}

/** Whether it can be counted in minor units without loss; nine million millions in a currency of cents cannot. */
export function isCountable({ n, d }: Fraction, currency: string): boolean {
  return n * scaleOf(currency) <= BigInt(Number.MAX_SAFE_INTEGER) * d;
}

/** Rounds an exact amount in major units to the currency's minor unit. */
export function moneyOf(amount: Fraction, currency: string, mode: RoundingMode): Money {
  return money(roundToInteger(amount.mul(scaleOf(currency)), mode), currency);
}

/** Exact major units. */
export function fractionOf(amount: Money): Fraction {
  return new Fraction(BigInt(amount.minor), scaleOf(amount.currency));
}

/** Null when the text is no decimal or has more decimals than the currency. */
export function parseMoney(text: string, currency: string): Money | null {
  const value = text.includes('%') ? null : parseDecimal(text);
  if (value === null) return null;
  const minor = value.mul(scaleOf(currency));
  if (minor.d !== 1n || minor.n > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return money(minor.s * minor.n, currency);
}

export function moneyText(amount: Money): MoneyText {
  return {
    amount: scaledText(BigInt(amount.minor), minorDigits(amount.currency)),
    currency: amount.currency,
  };
}

/** Throws when currencies differ: adding them is never meant. */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new TypeError(`cannot add ${b.currency} to ${a.currency}`);
  return money(a.minor + b.minor, a.currency);
}
