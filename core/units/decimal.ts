import Fraction from 'fraction.js';

const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,18}))?( ?%)?$/;

/**
 * Reads a decimal string as written in schemes and site files: `"2.80"`, `"-3"`, `"12.5 %"`. Null for anything else; a
 * repeating part, an exponent or a fraction would be a second way to write the same number, and is refused.
 */
export function parseDecimal(text: string): Fraction | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign, whole = '0', decimals = '', percent] = match;
  const digits = BigInt(`${whole}${decimals}`);
  const scale = 10n ** BigInt(decimals.length) * (percent === undefined ? 1n : 100n);
  return new Fraction(sign === '-' ? -digits : digits, scale);
}

/** Numerator with its sign. */
export function numerator(value: Fraction): bigint {
  return value.s * value.n;
}

export function isPositive(value: Fraction): boolean {
  return value.s === 1n && value.n !== 0n;
}

/** Zero has the sign 1. */
export function isNegative(value: Fraction): boolean {
  return value.s === -1n;
}

/** A decimal where the number is one (`"2.8"`), else numerator/denominator (`"420/29"`): never rounded. */
export function exactText(value: Fraction): string {
  if (value.d === 1n) return String(numerator(value));
  const places = decimalPlaces(value.d);
  if (places === null) return `${numerator(value)}/${value.d}`;
  return scaledText((numerator(value) * 10n ** BigInt(places)) / value.d, places);
}

/** Reads {@link exactText} back. */
export function parseExact(text: string): Fraction | null {
  const match = /^(-?\d+)\/(\d+)$/.exec(text);
  if (match === null) return parseDecimal(text);
  const [, n = '0', d = '1'] = match;
  return BigInt(d) === 0n ? null : new Fraction(BigInt(n), BigInt(d));
}

/** `scaledText(1448n, 2)` is `"14.48"`. */
export function scaledText(scaled: bigint, places: number): string {
  const sign = scaled < 0n ? '-' : '';
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return places === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-places)}`;
}

/** How many decimals write n/d exactly in lowest terms; null when none do. */
function decimalPlaces(denominator: bigint): number | null {
  let rest = denominator;
  let twos = 0;
  let fives = 0;
  while (rest % 2n === 0n) {
    rest /= 2n;
    twos += 1;
  }
  while (rest % 5n === 0n) {
    rest /= 5n;
    fives += 1;
  }
  return rest === 1n ? Math.max(twos, fives) : null;
}
