import { exactText, parseDecimal } from '../units/decimal.ts';
import type { MoneyText } from '../units/money.ts';

/** What one segment costs; carriers charge parts of a minor unit. */
export interface Price {
  /** Decimal text, `0.045`. */
  readonly amount: string;
  readonly currency: string;
}

/** Exact. Null where the price is not known. */
export function costOf(price: Price | undefined, segments: number): MoneyText | null {
  const one = price === undefined ? null : parseDecimal(price.amount);
  if (price === undefined || one === null) return null;
  return { amount: exactText(one.mul(segments)), currency: price.currency };
}
