import Fraction from 'fraction.js';
import { exactText, parseDecimal } from '../units/decimal.ts';
import type { Parameter } from './scheme.ts';
import type { Scope, Value } from './scope.ts';

export const NOTHING = new Fraction(0n);

export function isKeyed(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: Value): string {
  return value instanceof Fraction ? exactText(value) : String(value);
}

export function traced(
  scope: Scope,
  path: string,
  op: string,
  inputs: readonly string[],
  value: Value,
): Value {
  const part = scope.part === null ? {} : { part: scope.part };
  scope.report.trace.push({ rule: scope.rule, ...part, path, op, inputs, value: textOf(value) });
  return value;
}

export function refuse(scope: Scope, path: string, code: string): Fraction {
  scope.report.refused.set(`${path} ${code}`, { path, code });
  return NOTHING;
}

/** Exact numbers only: a decimal string or an integer. A JSON number with decimals has already lost some. */
export function numberIn(given: unknown): Fraction | null {
  if (typeof given === 'string') return parseDecimal(given);
  return typeof given === 'number' && Number.isSafeInteger(given) ? new Fraction(BigInt(given)) : null;
}

export function scalarIn(given: unknown): Value | null {
  if (typeof given === 'boolean') return given;
  return numberIn(given) ?? (typeof given === 'string' ? given : null);
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
