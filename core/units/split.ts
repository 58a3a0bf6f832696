import Fraction from 'fraction.js';
import { isNegative } from './decimal.ts';
import { type Money, money } from './money.ts';
import { floorOf } from './rounding.ts';

/**
 * Splits an amount by weights so that the shares sum to it exactly: each gets its share rounded towards zero, then the
 * largest remainders get one minor unit each. Equal remainders are served in the order given, so the caller fixes the
 * order (by premises id) and the result never depends on chance. Weights are not negative and not all zero.
 */
export function splitMoney(total: Money, weights: readonly Fraction[]): readonly Money[] {
  const sum = weights.reduce((all, weight) => all.add(weight), new Fraction(0n));
  if (sum.n === 0n || weights.some(isNegative)) {
    throw new RangeError('weights must not be negative and not all be zero');
  }
  const sign = total.minor < 0 ? -1 : 1;
  const whole = BigInt(Math.abs(total.minor));
  const exact = weights.map((weight) => weight.mul(whole).div(sum));
  const shares = exact.map(floorOf);
  const missing = whole - shares.reduce((all, share) => all + share, 0n);
  const order = exact
    .map((value, index) => ({ index, rest: value.sub(shares[index] ?? 0n) }))
    .sort((a, b) => b.rest.compare(a.rest));
  const lucky = new Set(order.slice(0, Number(missing)).map((entry) => entry.index));
  return shares.map((share, index) =>
    money(sign * Number(share + (lucky.has(index) ? 1n : 0n)), total.currency),
  );
}
