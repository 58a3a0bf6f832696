import Fraction from 'fraction.js';
import { localDate } from '../units/calendar.ts';
import { asText } from './arguments.ts';
import type { Compiled, Compiler, Operator, Operators } from './compiler.ts';
import { inputType, inputValue } from './input-types.ts';
import { dated, unknownName } from './inputs.ts';
import { DATE, FLAG, numberType, type Type, textType } from './kinds.ts';
import type { InputFile, InputGroup } from './scheme.ts';
import type { Scope, Value } from './scope.ts';
import { doubt, isCode, isKeyed, refuse, traced } from './values.ts';

/** What a case says about the premises, an interruption, and besides. */
export const CASE_INPUTS: Operators = {
  premises: declared('premises', (scope) => scope.case.premises),

  fact: declared('facts', (scope) => scope.case.facts),

  interruption: (name, path, compiler) => {
    if (!compiler.place.interruption)
      return compiler.fault(
        path,
        'no_single_interruption',
        'here is no single interruption to ask; use count, sum, or per interruption',
      );
    const type = typeof name === 'string' ? LEDGER_FIELDS[name] : undefined;
    if (typeof name === 'string' && type !== undefined)
      return { type, run: (scope) => ledgerField(scope, name, path) };
    return ofInterruption(name, path, compiler);
  },
};

const ATTRIBUTIONS = ['utility', 'property', 'owner', 'third_party', 'force_majeure'] as const;

/** What every interruption of the ledger says of itself; more is declared by the scheme under `inputs.interruption`. */
const LEDGER_FIELDS: Readonly<Record<string, Type>> = {
  attribution: textType(ATTRIBUTIONS),
  cause: textType(null),
  planned: FLAG,
  momentary: FLAG,
  operations: numberType(new Map(), { low: new Fraction(0n) }),
  phases: textType(['A', 'B', 'C', 'AB', 'AC', 'BC', 'ABC']),
};

/** `"name"`, or `{name, on}` for the value in force on another local date than the part's first. */
function declared(
  group: Exclude<InputGroup, 'interruption'>,
  valuesIn: (scope: Scope) => Readonly<Record<string, unknown>>,
): Operator {
  return (json, path, compiler) => {
    const name = isKeyed(json) ? json.name : json;
    const specs = compiler.file.inputs?.[group] ?? {};
    const spec = typeof name === 'string' ? specs[name] : undefined;
    if (typeof name !== 'string' || spec === undefined)
      return unknownName(
        group === 'facts' ? 'fact' : 'premises_field',
        name,
        Object.keys(specs),
        path,
        compiler,
      );
    compiler.uses(group, name);
    const on = isKeyed(json) && 'on' in json ? compiler.typed(json.on, `${path}/on`, DATE) : null;
    const given = (scope: Scope): unknown => {
      const raw = valuesIn(scope)[name];
      if (!Array.isArray(raw)) return raw;
      return dated(raw, on === null ? localDate(scope.from, scope.zone) : asText(on.run(scope)));
    };
    return inputFrom(spec, given, `${group}/${name}`, group === 'facts' ? 'fact' : group, name, path);
  };
}

function ofInterruption(name: unknown, path: string, compiler: Compiler): Compiled {
  const specs = compiler.file.inputs?.interruption ?? {};
  const spec = typeof name === 'string' ? specs[name] : undefined;
  if (typeof name !== 'string' || spec === undefined)
    return unknownName('field', name, [...Object.keys(LEDGER_FIELDS), ...Object.keys(specs)], path, compiler);
  compiler.uses('interruption', name);
  const given = (scope: Scope): unknown => scope.interruption?.facts[name];
  const read = inputFrom(spec, given, name, 'interruption', name, path, (scope) =>
    scope.interruption === null ? null : `interruptions/${scope.interruption.id}/${name}`,
  );
  return read;
}

function inputFrom(
  spec: InputFile,
  given: (scope: Scope) => unknown,
  where: string,
  op: string,
  name: string,
  path: string,
  place: (scope: Scope) => string | null = () => where,
): Compiled {
  const read = (scope: Scope): Value => {
    const raw = given(scope);
    const missing = raw === undefined || raw === null;
    const used = missing ? spec.default : raw;
    const at = place(scope);
    if (at === null) return refuse(scope, path, 'no_single_interruption');
    if (used === undefined) return refuse(scope, at, 'missing_input');
    const value = inputValue(spec, used);
    if (isCode(value)) return refuse(scope, at, value.code);
    if (missing || spec.default === undefined) doubt(scope, at, spec.unverified);
    return traced(scope, path, missing ? 'default' : op, [name], value);
  };
  const compiled: Compiled = { type: inputType(spec), run: read };
  if (spec.optional !== true) return compiled;
  return {
    ...compiled,
    given: (scope) => {
      const raw = given(scope);
      return raw !== undefined && raw !== null;
    },
  };
}

function ledgerField(scope: Scope, name: string, path: string): Value {
  const { interruption } = scope;
  if (interruption === null) return refuse(scope, path, 'no_single_interruption');
  const value = fieldOf(interruption, name);
  return value === null
    ? refuse(scope, `interruptions/${interruption.id}/${name}`, 'missing_input')
    : traced(scope, path, 'interruption', [name], value);
}

function fieldOf(interruption: NonNullable<Scope['interruption']>, name: string): Value | null {
  switch (name) {
    case 'planned':
      return interruption.planned !== null;
    case 'momentary':
      return interruption.momentary;
    case 'operations':
      return new Fraction(BigInt(interruption.operations));
    case 'attribution':
      return interruption.attribution;
    case 'cause':
      return interruption.cause;
    default:
      return interruption.phases;
  }
}
