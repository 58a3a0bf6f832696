import { type Fault, pointerStep } from '../units/fault.ts';
import { nearest } from './nearest.ts';
import type { Parameter, SchemeFile } from './scheme.ts';
import { isCode, parameterValue } from './values.ts';

/** What is wrong with the parameters a site would choose a scheme with: unknown, missing, or no value of theirs. */
export function parameterFaults(
  { parameters }: Pick<SchemeFile, 'parameters'>,
  given: Readonly<Record<string, unknown>>,
): readonly Fault[] {
  const known = Object.keys(parameters);
  const unknown = Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name): Fault => {
      const message = `the scheme has no parameter '${name}'${nearest(name, known)}`;
      return { path: `/parameters/${pointerStep(name)}`, code: 'unknown_parameter', message };
    });
  return [
    ...unknown,
    ...Object.entries(parameters).flatMap(([name, spec]) => faultsOf(name, spec, given[name])),
  ];
}

function faultsOf(name: string, spec: Parameter, given: unknown): readonly Fault[] {
  const path = `/parameters/${pointerStep(name)}`;
  if (given === undefined || given === null)
    return spec.default === undefined
      ? [{ path, code: 'missing', message: `'${name}' has no default: the site must say` }]
      : [];
  const value = parameterValue(spec, given);
  return isCode(value) ? [{ path, code: value.code, message: `must be ${wordsOf(spec)}` }] : [];
}

function wordsOf({ type, values = [], min, max, unit }: Parameter): string {
  if (type === 'flag') return 'true or false';
  if (type === 'choice') return `one of ${values.join(', ')}`;
  const bounds = [min === undefined ? '' : ` from ${min}`, max === undefined ? '' : ` to ${max}`].join('');
  return `a decimal string${unit === undefined ? '' : ` in ${unit}`}${bounds}`;
}
