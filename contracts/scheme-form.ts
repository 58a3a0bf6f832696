import type { Words } from '../core/compensation/rule.ts';
import type { Parameter, SchemeFile } from '../core/compensation/scheme.ts';

/** A parameter as a JSON schema that a form can be drawn from; titles and doubts in words people read. */
interface FormField {
  readonly type: 'string' | 'boolean';
  readonly title: string;
  readonly 'x-title': Words;
  readonly default?: string | boolean;
  readonly enum?: readonly string[];
  /** Decimal strings: JSON numbers would be rounded. */
  readonly pattern?: string;
  readonly 'x-unit'?: string;
  readonly 'x-minimum'?: string;
  readonly 'x-maximum'?: string;
  readonly 'x-unverified'?: string;
}

export interface SchemeForm {
  readonly type: 'object';
  readonly additionalProperties: false;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, FormField>>;
}

/** What a site must say when it chooses the scheme. */
export function formOf({ parameters }: Pick<SchemeFile, 'parameters'>): SchemeForm {
  return {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(parameters).filter((name) => parameters[name]?.default === undefined),
    properties: Object.fromEntries(Object.entries(parameters).map(([name, one]) => [name, fieldOf(one)])),
  };
}

function fieldOf({ type, title, values, min, max, unit, unverified, ...rest }: Parameter): FormField {
  return {
    type: type === 'flag' ? 'boolean' : 'string',
    title: title.en,
    'x-title': title,
    ...(rest.default === undefined ? {} : { default: rest.default }),
    ...(values === undefined ? {} : { enum: values }),
    ...(type === 'number' ? { pattern: '^-?\\d{1,30}(\\.\\d{1,18})?( ?%)?$' } : {}),
    ...(unit === undefined ? {} : { 'x-unit': unit }),
    ...(min === undefined ? {} : { 'x-minimum': min }),
    ...(max === undefined ? {} : { 'x-maximum': max }),
    ...(unverified === undefined ? {} : { 'x-unverified': unverified }),
  };
}
