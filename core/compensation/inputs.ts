import Fraction from 'fraction.js';
import { localDate } from '../units/calendar.ts';
import { dayOfDate } from '../units/civil.ts';
import { parseInstant } from '../units/parse-instant.ts';
import { asText } from './arguments.ts';
import type { Compiled, Compiler, Operator, Operators } from './compiler.ts';
import { DATE, FLAG, INSTANT, numberType, parseUnit, type Type, textType } from './kinds.ts';
import { nearest } from './nearest.ts';
import type { InputFile, InputGroup, Parameter } from './scheme.ts';
import type { Scope, Value } from './scope.ts';
import { doubt, isCode, isKeyed, NOTHING, numberIn, parameterValue, refuse, traced } from './values.ts';

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

/** Where expressions get their inputs from. */
export const INPUTS: Operators = {
  parameter: (name, path, compiler) => {
    const spec = typeof name === 'string' ? compiler.file.parameters[name] : undefined;
    if (typeof name !== 'string' || spec === undefined)
      return unknownName('parameter', name, Object.keys(compiler.file.parameters), path, compiler);
    compiler.uses('parameters', name);
    const type = parameterType(spec);
    return { type, run: (scope) => parameterIn(scope, name, spec, path) };
  },

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

function parameterType({ type, unit, values, min, max }: Parameter): Type {
  if (type === 'flag') return FLAG;
  if (type === 'choice') return textType(values ?? []);
  return numberType(unit === undefined ? null : parseUnit(unit), {
    low: numberIn(min),
    high: numberIn(max),
  });
}

const DECLARED_IN: Readonly<Record<string, string>> = {
  parameter: '; parameters are declared under parameters',
  fact: '; what the case must say is declared under inputs.facts',
  premises_field: '; what the premises must say is declared under inputs.premises',
  field: '; what an interruption must say besides is declared under inputs.interruption',
};

function unknownName(
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
function dated(given: readonly unknown[], date: string): unknown {
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
