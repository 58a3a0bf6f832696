import { parseInstant } from '../units/parse-instant.ts';
import { DECISION } from './case-facts.ts';
import type { Scheme } from './compiled.ts';
import { inputValue } from './input-types.ts';
import { nearest } from './nearest.ts';
import type { InputFile, SchemeFile } from './scheme.ts';
import { isCode, isKeyed, numberIn } from './values.ts';

export interface FactFault {
  readonly code: string;
  readonly message: string;
}

/** Every input by name, as one or more schemes declare it. */
export type KnownInputs = ReadonlyMap<string, readonly InputFile[]>;

export function knownInputs(schemes: Iterable<Pick<Scheme, 'file'>>): KnownInputs {
  const found = new Map<string, InputFile[]>();
  for (const { file } of schemes) {
    for (const [name, spec] of inputsOf(file)) found.set(name, [...(found.get(name) ?? []), spec]);
  }
  return found;
}

function inputsOf({ inputs = {} }: SchemeFile): readonly (readonly [string, InputFile])[] {
  return [inputs.premises, inputs.facts, inputs.interruption].flatMap((some) => Object.entries(some ?? {}));
}

/** What is wrong with a value, told before it is kept; null: at least one scheme can read it. */
export function factFault(name: string, value: unknown, known: KnownInputs): FactFault | null {
  if (name.startsWith(DECISION))
    return isKeyed(value) && typeof value.reason === 'string' && value.reason !== '' && 'value' in value
      ? null
      : { code: 'wrong_form', message: 'a decision is {value, reason}' };
  const specs = known.get(name);
  if (specs === undefined)
    return {
      code: 'unknown_input',
      message: `no scheme asks for '${name}'${nearest(name, known.keys())}`,
    };
  if (specs.some((spec) => fits(spec, value))) return null;
  return { code: 'wrong_form', message: `must be ${[...new Set(specs.map(wordsOf))].join(' or ')}` };
}

function fits(spec: InputFile, value: unknown): boolean {
  switch (spec.type) {
    case 'list':
      return Array.isArray(value) && value.every(isKeyed);
    case 'weights':
      return isKeyed(value) && Object.values(value).every((one) => numberIn(one) !== null);
    case 'intervals':
      return Array.isArray(value) && value.every(isInterval);
    default:
      return !isCode(inputValue(spec, value));
  }
}

function isInterval(one: unknown): boolean {
  if (!isKeyed(one) || typeof one.from !== 'string') return false;
  const from = parseInstant(one.from);
  if (from === null) return false;
  if (one.to === null || one.to === undefined) return true;
  const to = typeof one.to === 'string' ? parseInstant(one.to) : null;
  return to !== null && from <= to;
}

function wordsOf({ type, values }: InputFile): string {
  switch (type) {
    case 'number':
      return 'a decimal string';
    case 'flag':
      return 'true or false';
    case 'instant':
      return 'an instant with an offset';
    case 'date':
      return 'a date YYYY-MM-DD';
    case 'text':
      return values === undefined ? 'a text' : `one of ${values.join(', ')}`;
    case 'intervals':
      return 'a list of {from, to}';
    case 'weights':
      return 'numbers by id';
    case 'list':
      return 'a list of entries';
  }
}
