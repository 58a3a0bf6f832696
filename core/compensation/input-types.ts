import { dayOfDate } from '../units/civil.ts';
import { parseInstant } from '../units/parse-instant.ts';
import { DATE, FLAG, INSTANT, numberType, parseUnit, type Type, textType } from './kinds.ts';
import type { InputFile, Parameter } from './scheme.ts';
import type { Value } from './scope.ts';
import { numberIn } from './values.ts';

export function inputType({ type, unit, values }: InputFile): Type {
  switch (type) {
    case 'number':
      return numberType(unit === undefined ? null : parseUnit(unit));
    case 'text':
      return textType(values ?? null);
    case 'flag':
      return FLAG;
    case 'instant':
      return INSTANT;
    case 'date':
      return DATE;
    default:
      return { ...FLAG, kind: 'unknown' };
  }
}

export function parameterType({ type, unit, values, min, max }: Parameter): Type {
  if (type === 'flag') return FLAG;
  if (type === 'choice') return textType(values ?? []);
  return numberType(unit === undefined ? null : parseUnit(unit), {
    low: numberIn(min),
    high: numberIn(max),
  });
}

/** An input's value or the code of what is wrong with it. */
export function inputValue(spec: InputFile, given: unknown): Value | { readonly code: string } {
  switch (spec.type) {
    case 'number':
      return numberIn(given) ?? { code: 'not_a_decimal_string' };
    case 'flag':
      return typeof given === 'boolean' ? given : { code: 'not_a_flag' };
    case 'instant': {
      const at = typeof given === 'string' ? parseInstant(given) : null;
      return at === null ? { code: 'not_an_instant_with_offset' } : { at };
    }
    case 'date':
      return typeof given === 'string' && dayOfDate(given) !== null ? given : { code: 'not_a_date' };
    case 'text':
      if (typeof given !== 'string') return { code: 'not_a_text' };
      return spec.values === undefined || spec.values.includes(given) ? given : { code: 'not_allowed' };
    default:
      return { code: 'not_a_value' };
  }
}
