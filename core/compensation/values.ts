import Fraction from 'fraction.js';
import { exactText, parseDecimal } from '../units/decimal.ts';
import { toIso } from '../units/time.ts';
import type { Parameter } from './scheme.ts';
import type { Scope, Value } from './scope.ts';

export const NOTHING = new Fraction(0n);
/** No calculation of money comes near; a scheme that multiplies without end is refused before it fills the memory. */
const LARGEST = 10n ** 2_000n;

export function isKeyed(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Fraction) return exactText(value);
  return typeof value === 'boolean' ? String(value) : toIso(value.at);
}

export function traced<V extends Value>(
  scope: Scope,
  path: string,
  op: string,
  inputs: readonly string[],
  value: V,
): V {
  if (value instanceof Fraction && (value.n > LARGEST || value.d > LARGEST)) {
    refuse(scope, path, 'out_of_range');
    // What stands in is a number as well.
    return NOTHING as V;
  }
  const { rule, part } = scope;
  const text = textOf(value);
  scope.report.trace.push(
    part === null ? { rule, path, op, inputs, value: text } : { rule, part, path, op, inputs, value: text },
  );
  return value;
}

export function refuse(scope: Scope, path: string, code: string): Fraction {
  scope.report.refused.set(`${path} ${code}`, { path, code });
  return NOTHING;
}

/** Refuses, unless something missing has been noted already: what follows from that is no further fault. */
export function consequence(scope: Scope, path: string, code: string): Fraction {
  return scope.report.refused.size > 0 ? NOTHING : refuse(scope, path, code);
}

export function doubt(scope: Scope, path: string, note: string | undefined): void {
  const { rule, report } = scope;
  if (note !== undefined) report.unverified.set(`${rule} ${path}`, { rule, path, note });
}

export function addTime(scope: Scope, path: string, ms: number): void {
  scope.report.added.set(`${scope.rule} ${scope.part ?? ''} ${path}`, ms);
}

/** Exact numbers only: a decimal string or an integer. A JSON number with decimals has already lost some. */
export function numberIn(given: unknown): Fraction | null {
  if (typeof given === 'string') return parseDecimal(given);
  return typeof given === 'number' && Number.isSafeInteger(given) ? new Fraction(BigInt(given)) : null;
}

/** A parameter's value or the code of what is wrong with it. */
export function parameterValue(spec: Parameter, given: unknown): Value | { readonly code: string } {
  switch (spec.type) {
    case 'flag':
      return typeof given === 'boolean' ? given : { code: 'not_a_flag' };
    case 'choice':
      return typeof given === 'string' && spec.values?.includes(given) === true
        ? given
        : { code: 'not_allowed' };
    case 'number': {
      const value = numberIn(given);
      if (value === null) return { code: 'not_a_decimal_string' };
      const low = parseDecimal(spec.min ?? '');
      const high = parseDecimal(spec.max ?? '');
      const outside = (low !== null && value.lt(low)) || (high !== null && value.gt(high));
      return outside ? { code: 'out_of_range' } : value;
    }
  }
}

export function isCode(value: Value | { readonly code: string }): value is { readonly code: string } {
  return typeof value === 'object' && 'code' in value;
}
