import type { Static, TSchema } from 'typebox';
import type { Validator } from 'typebox/compile';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Settings } from 'typebox/system';
import type { Fault } from '../core/units/fault.ts';

/** A schema made ready once: a quick check, and every fault where it fails. */
export interface Shape<T> {
  readonly keys: ReadonlySet<string>;
  is(value: unknown): value is T;
  faults(value: unknown, path: string): Fault[];
}

/** TypeBox stops after 8 errors unless told otherwise; one entry has far fewer places than this. */
const ERRORS_MAX = 10_000;

export function compileShape<S extends TSchema>(schema: S): Shape<Static<S>> {
  const validator = Compile(schema);
  const properties: unknown = Reflect.get(schema, 'properties');
  return {
    keys: new Set(typeof properties === 'object' && properties !== null ? Object.keys(properties) : []),
    is: (value): value is Static<S> => validator.Check(value),
    faults: (value, path) =>
      allErrors(validator, value).flatMap((error) => toFaults(error, path, descriptionAt(schema, error))),
  };
}

function allErrors(validator: Pick<Validator, 'Errors'>, value: unknown): TLocalizedValidationError[] {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: ERRORS_MAX });
  try {
    return withoutUnionNoise(validator.Errors(value));
  } finally {
    Settings.Set({ maxErrors });
  }
}

/** A failed union reports each branch and itself; what a person needs is the branch that was meant, not "must be null". */
function withoutUnionNoise(errors: readonly TLocalizedValidationError[]): TLocalizedValidationError[] {
  const unions = errors
    .filter((error) => error.keyword === 'anyOf')
    .map((error) => `${error.schemaPath}/anyOf/`);
  if (unions.length === 0) return [...errors];
  return errors.filter((error) => {
    if (error.keyword === 'anyOf') return false;
    const inUnion = unions.some((prefix) => error.schemaPath.startsWith(prefix));
    return !(inUnion && error.keyword === 'type' && error.params.type === 'null');
  });
}

/** What the schema that failed says of itself in words. */
function descriptionAt(schema: unknown, { schemaPath }: TLocalizedValidationError): string | null {
  let here: unknown = schema;
  for (const step of schemaPath.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    here = typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined;
  }
  const said = typeof here === 'object' && here !== null ? Reflect.get(here, 'description') : undefined;
  return typeof said === 'string' ? said : null;
}

function toFaults(error: TLocalizedValidationError, base: string, said: string | null): Fault[] {
  const path = `${base}${error.instancePath}`;
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((key) => ({
        path: `${path}/${key}`,
        code: 'missing',
        message: `'${key}' is missing`,
      }));
    case 'enum':
      return [
        { path, code: 'not_allowed', message: `must be one of ${error.params.allowedValues.join(', ')}` },
      ];
    case 'const':
      return [{ path, code: 'not_allowed', message: `must be ${JSON.stringify(error.params.allowedValue)}` }];
    case 'type':
      return [{ path, code: 'wrong_type', message: error.message }];
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return [{ path, code: 'out_of_range', message: error.message }];
    case 'pattern':
      return [{ path, code: 'wrong_form', message: said === null ? error.message : `must be ${said}` }];
    default:
      return [{ path, code: 'wrong_form', message: error.message }];
  }
}
