import type { Operator } from './operators.ts';
import type { Scope, Value } from './scope.ts';
import { isCode, isKeyed, NOTHING, parameterValue, refuse, scalarIn, traced } from './values.ts';

/** Fields of an interruption a scheme may ask for. */
const INTERRUPTION_FIELDS = ['attribution', 'cause', 'planned', 'momentary', 'operations', 'phases'] as const;

/** Where expressions get their inputs from. */
export const INPUTS: Readonly<Record<string, Operator>> = {
  parameter: (name, path, compiler) => {
    if (typeof name !== 'string' || !compiler.parameters.has(name)) {
      return compiler.fault(path, 'unknown_parameter', `no parameter is called ${JSON.stringify(name)}`);
    }
    return (scope) => parameterIn(scope, name, path);
  },

  premises: (name, path, compiler) => {
    if (typeof name !== 'string')
      return compiler.fault(path, 'wrong_type', 'must be the name of a fact of the premises');
    return (scope) => input(scope, path, 'premises', name, scope.case.premises[name]);
  },

  fact: (name, path, compiler) => {
    if (typeof name !== 'string') return compiler.fault(path, 'wrong_type', 'must be the name of a fact');
    return (scope) => input(scope, path, 'facts', name, dated(scope.case.facts[name], scope.date));
  },

  interruption: (name, path, compiler) => {
    const field = INTERRUPTION_FIELDS.find((known) => known === name);
    if (field === undefined) {
      return compiler.fault(path, 'unknown_field', `must be one of ${INTERRUPTION_FIELDS.join(', ')}`);
    }
    return (scope) => {
      const { interruption } = scope;
      if (interruption === null) return refuse(scope, path, 'no_single_interruption');
      if (field === 'planned') return interruption.planned !== null;
      const value = scalarIn(interruption[field]);
      return value ?? refuse(scope, `interruptions/${interruption.id}/${field}`, 'missing_input');
    };
  },

  step: (name, path, compiler) => {
    if (typeof name !== 'string' || !compiler.steps.has(name)) {
      return compiler.fault(path, 'unknown_step', `no earlier step is called ${JSON.stringify(name)}`);
    }
    return (scope) => scope.steps.get(name) ?? NOTHING;
  },
};

function parameterIn(scope: Scope, name: string, path: string): Value {
  const spec = scope.scheme.parameters[name];
  if (spec === undefined) return refuse(scope, `parameters/${name}`, 'missing_input');
  const given = scope.case.parameters[name] ?? dated(scope.case.facts[name], scope.date);
  const used = given ?? spec.default;
  if (used === undefined) return refuse(scope, `parameters/${name}`, 'missing_input');
  const value = parameterValue(spec, used);
  if (isCode(value)) return refuse(scope, `parameters/${name}`, value.code);
  if (given === undefined && spec.unverified !== undefined) {
    scope.report.unverified.set(name, { path: `parameters/${name}`, note: spec.unverified });
  }
  return traced(scope, path, given === undefined ? 'default' : 'parameter', [name], value);
}

function input(scope: Scope, path: string, group: string, name: string, given: unknown): Value {
  const value = given === null || given === undefined ? null : scalarIn(given);
  if (value === null) {
    return refuse(
      scope,
      `${group}/${name}`,
      given === null || given === undefined ? 'missing_input' : 'not_a_decimal_string',
    );
  }
  return traced(scope, path, group, [name], value);
}

/** The value in force on a local date, where a fact is given as a list of `{from, value}`. */
function dated(given: unknown, date: string): unknown {
  if (!Array.isArray(given)) return given;
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
