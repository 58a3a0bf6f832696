import { localDate } from '../units/calendar.ts';
import type { Compiled, Compiler, Operators } from './compiler.ts';
import { parameterType } from './input-types.ts';
import { numberType } from './kinds.ts';
import { nearest } from './nearest.ts';
import type { Parameter } from './scheme.ts';
import type { Scope, Value } from './scope.ts';
import { doubt, isCode, isKeyed, NOTHING, numberIn, parameterValue, refuse, traced } from './values.ts';

/** Where expressions get what is neither counted nor written in them. */
export const INPUTS: Operators = {
  parameter: (name, path, compiler) => {
    const spec = typeof name === 'string' ? compiler.file.parameters[name] : undefined;
    if (typeof name !== 'string' || spec === undefined)
      return unknownName('parameter', name, Object.keys(compiler.file.parameters), path, compiler);
    compiler.uses('parameters', name);
    const type = parameterType(spec);
    return { type, run: (scope) => parameterIn(scope, name, spec, path) };
  },

  /** A field of the entry that `sum_list` looks at. */
  entry: (name, path, compiler) => {
    if (compiler.place.entry === null || typeof name !== 'string')
      return compiler.fault(path, 'no_entry', 'stands only inside sum_list, with the name of a field');
    const list = compiler.place.entry;
    return {
      type: { ...numberType(null), kind: 'unknown' },
      run: (scope) => {
        const given = scope.entry?.[name];
        const value =
          typeof given === 'boolean'
            ? given
            : (numberIn(given) ?? (typeof given === 'string' ? given : null));
        return value === null
          ? refuse(scope, `facts/${list}/${name}`, 'missing_input')
          : traced(scope, path, 'entry', [name], value);
      },
    };
  },

  step: (name, path, compiler) => {
    const type = typeof name === 'string' ? compiler.steps.get(name) : undefined;
    if (typeof name !== 'string' || type === undefined)
      return unknownName('step', name, [...compiler.steps.keys()], path, compiler);
    return { type, run: (scope) => scope.steps.get(name) ?? NOTHING };
  },

  /** A person's decision, with its reason: `facts.decisions.<name>` is `{value, reason}`. Without one, `else`. */
  decision: (json, path, compiler) => {
    if (!isKeyed(json) || typeof json.name !== 'string' || !('else' in json))
      return compiler.fault(path, 'wrong_form', 'decision needs {name, else}');
    const { name } = json;
    const other = compiler.expression(json.else, `${path}/else`);
    return {
      type: { ...other.type, low: null, high: null, values: null, always: null },
      run: (scope) => decisionIn(scope, name, path) ?? other.run(scope),
    };
  },
};

const DECLARED_IN: Readonly<Record<string, string>> = {
  parameter: '; parameters are declared under parameters',
  step: '; a step must stand before what uses it',
  fact: '; what the case must say is declared under inputs.facts',
  premises_field: '; what the premises must say is declared under inputs.premises',
  field: '; what an interruption must say besides is declared under inputs.interruption',
};

export function unknownName(
  what: string,
  name: unknown,
  known: readonly string[],
  path: string,
  compiler: Compiler,
): Compiled {
  const listed = known.length === 0 ? 'none is declared' : `there are ${known.join(', ')}`;
  return compiler.fault(
    path,
    `unknown_${what}`,
    `no ${what.replaceAll('_', ' ')} is called ${JSON.stringify(name)}; ${listed}${nearest(String(name), known)}${DECLARED_IN[what] ?? ''}`,
  );
}

function parameterIn(scope: Scope, name: string, spec: Parameter, path: string): Value {
  const fact = scope.case.facts[name];
  const given =
    scope.case.parameters[name] ??
    (Array.isArray(fact) ? dated(fact, localDate(scope.from, scope.zone)) : fact);
  const used = given ?? spec.default;
  if (used === undefined) return refuse(scope, `parameters/${name}`, 'missing_input');
  const value = parameterValue(spec, used);
  if (isCode(value)) return refuse(scope, `parameters/${name}`, value.code);
  if (given === undefined || given === null) doubt(scope, `parameters/${name}`, spec.unverified);
  return traced(scope, path, given === undefined || given === null ? 'default' : 'parameter', [name], value);
}

/** The value in force on a local date, where a fact is given as a list of `{from, value}`. */
export function dated(given: readonly unknown[], date: string): unknown {
  let best: { from: string; value: unknown } | undefined;
  for (const entry of given) {
    if (!isDated(entry) || entry.from > date) continue;
    if (best === undefined || entry.from > best.from) best = entry;
  }
  return best?.value;
}

function isDated(entry: unknown): entry is { from: string; value: unknown } {
  return isKeyed(entry) && typeof entry.from === 'string' && 'value' in entry;
}

function decisionIn(scope: Scope, name: string, path: string): Value | null {
  const { decisions } = scope.case.facts;
  const given = isKeyed(decisions) ? decisions[name] : undefined;
  if (given === undefined || given === null) return null;
  if (!isKeyed(given) || typeof given.reason !== 'string' || given.reason === '')
    return refuse(scope, `facts/decisions/${name}/reason`, 'missing_input');
  const value =
    typeof given.value === 'boolean'
      ? given.value
      : (numberIn(given.value) ?? (typeof given.value === 'string' ? given.value : null));
  if (value === null) return refuse(scope, `facts/decisions/${name}/value`, 'missing_input');
  return traced(scope, path, 'decision', [name, given.reason], value);
}
