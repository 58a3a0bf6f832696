import { isTimeZone } from '../units/calendar.ts';
import { parseDecimal } from '../units/decimal.ts';
import { type Fault, pointerStep } from '../units/fault.ts';
import { minorUnit } from '../units/money.ts';
import { isRoundingMode } from '../units/rounding.ts';
import type { Rule, Scheme, SchemeVersion } from './compiled.ts';
import { INPUTS } from './inputs.ts';
import { MEASURES } from './measures.ts';
import { type Compiler, OPERATORS, type Operator } from './operators.ts';
import type { RuleFile, SchemeFile, SchemeVersionFile } from './scheme.ts';
import type { Evaluate } from './scope.ts';
import { isCode, NOTHING, parameterValue } from './values.ts';

/** The words of the language. Inputs and arithmetic may stand anywhere, measures only where there is counted time. */
const EVERYWHERE: ReadonlyMap<string, Operator> = new Map(Object.entries({ ...INPUTS, ...OPERATORS }));
const WITH_TIME: ReadonlyMap<string, Operator> = new Map([...EVERYWHERE, ...Object.entries(MEASURES)]);

const EXPRESSIONS_DEEP = 50;

export type Compiled =
  | { readonly ok: true; readonly scheme: Scheme }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads every expression of a scheme whose shape has been checked; all faults, each with its path, or a scheme to assess by. */
export function compileScheme(file: SchemeFile): Compiled {
  const faults: Fault[] = [];
  checkParameters(file, faults);
  checkVersions(file.versions, faults);
  if (file.timeZone !== null && !isTimeZone(file.timeZone)) {
    faults.push({
      path: '/timeZone',
      code: 'unknown_time_zone',
      message: `'${file.timeZone}' is no time zone`,
    });
  }
  const versions = file.versions.map(
    (version, i): SchemeVersion => ({
      from: version.from,
      to: version.to,
      rules: version.rules.map((rule, j) => compileRule(rule, file, `/versions/${i}/rules/${j}`, faults)),
    }),
  );
  return faults.length === 0 ? { ok: true, scheme: { file, versions } } : { ok: false, faults };
}

function compileRule(rule: RuleFile, file: SchemeFile, path: string, faults: Fault[]): Rule {
  const parameters = new Set(Object.keys(file.parameters));
  const steps = new Set<string>();
  const read = (json: unknown, at: string, words: ReadonlyMap<string, Operator>): Evaluate =>
    compilerOf(words, parameters, steps, faults).expression(json, `${path}/${at}`);

  const compiledSteps = rule.steps.map(({ name, is }, i) => {
    const compiled = { name, is: read(is, `steps/${i}/is`, WITH_TIME) };
    if (steps.has(name))
      faults.push({
        path: `${path}/steps/${i}/name`,
        code: 'duplicate',
        message: `step '${name}' is given twice`,
      });
    steps.add(name);
    return compiled;
  });
  const amount = read(rule.amount, 'amount', WITH_TIME);
  steps.clear();
  for (const [i, { reason }] of rule.exclude.entries()) {
    if (file.reasons[reason] !== undefined) continue;
    faults.push({
      path: `${path}/exclude/${i}/reason`,
      code: 'unknown_reason',
      message: `reasons has no words for '${reason}'`,
    });
  }
  return {
    id: rule.id,
    payer: rule.payer,
    path,
    exclude: rule.exclude.map((one, i) => ({
      test: read(one.if, `exclude/${i}/if`, EVERYWHERE),
      reason: one.reason,
    })),
    free_h: read(rule.clock.free_h, 'clock/free_h', EVERYWHERE),
    free: read(rule.clock.free, 'clock/free', EVERYWHERE),
    per: rule.per,
    steps: compiledSteps,
    amount,
    round: roundingOf(rule, file.currency, path, faults),
    dueDays: rule.due === null ? null : read(rule.due.days, 'due/days', EVERYWHERE),
    payee: read(rule.payee, 'payee', EVERYWHERE),
  };
}

function compilerOf(
  words: ReadonlyMap<string, Operator>,
  parameters: ReadonlySet<string>,
  steps: ReadonlySet<string>,
  faults: Fault[],
): Compiler {
  let depth = 0;

  function fault(path: string, code: string, message: string): Evaluate {
    faults.push({ path, code, message });
    return () => NOTHING;
  }

  function operation(json: object, path: string): Evaluate {
    const [entry, ...others] = Object.entries(json);
    if (entry === undefined || others.length > 0)
      return fault(path, 'wrong_form', 'must have exactly one key, the operator');
    const [word, argument] = entry;
    const operator = words.get(word);
    if (operator === undefined) return fault(path, 'unknown_operator', unknownWord(word, words));
    return operator(argument, `${path}/${pointerStep(word)}`, compiler);
  }

  const compiler: Compiler = {
    parameters,
    steps,
    fault,
    expression(json, path) {
      if (typeof json === 'boolean') return () => json;
      if (typeof json === 'string') {
        const value = parseDecimal(json) ?? json;
        return () => value;
      }
      if (typeof json !== 'object' || json === null || Array.isArray(json)) {
        return fault(
          path,
          'wrong_type',
          'must be a text, a decimal string, a flag or {"operator": …}; numbers are written as strings',
        );
      }
      depth += 1;
      const compiled =
        depth > EXPRESSIONS_DEEP
          ? fault(path, 'too_deep', `nested more than ${EXPRESSIONS_DEEP} deep`)
          : operation(json, path);
      depth -= 1;
      return compiled;
    },
  };
  return compiler;
}

function unknownWord(word: string, words: ReadonlyMap<string, Operator>): string {
  return WITH_TIME.has(word)
    ? `'${word}' needs counted time and cannot stand here`
    : `'${word}' is not one of ${[...words.keys()].join(', ')}`;
}

/** The amount must come out in whole minor units, or rounding would happen twice. */
function roundingOf(rule: RuleFile, currency: string, path: string, faults: Fault[]): Rule['round'] {
  const unit = parseDecimal(rule.round.to);
  const whole = unit?.s === 1n && unit.n > 0n && unit.div(minorUnit(currency)).d === 1n;
  if (!whole)
    faults.push({
      path: `${path}/round/to`,
      code: 'wrong_form',
      message: `must be a multiple of the minor unit of ${currency}`,
    });
  const mode = isRoundingMode(rule.round.mode) ? rule.round.mode : null;
  if (mode === null)
    faults.push({
      path: `${path}/round/mode`,
      code: 'not_allowed',
      message: `'${rule.round.mode}' is no rounding mode`,
    });
  return { mode: mode ?? 'half_up', unit: whole ? unit : minorUnit(currency), at: rule.round.at };
}

function checkParameters(file: SchemeFile, faults: Fault[]): void {
  for (const [name, spec] of Object.entries(file.parameters)) {
    const path = `/parameters/${pointerStep(name)}`;
    if (spec.type === 'choice' && (spec.values === undefined || spec.values.length === 0)) {
      faults.push({ path: `${path}/values`, code: 'missing', message: 'a choice needs values' });
    } else if (spec.default !== undefined) {
      const value = parameterValue(spec, spec.default);
      if (isCode(value))
        faults.push({
          path: `${path}/default`,
          code: value.code,
          message: 'the default is no value of this parameter',
        });
    }
  }
}

/** One version at most is in force on any day; a day without one is allowed and refuses what began on it. */
function checkVersions(versions: readonly SchemeVersionFile[], faults: Fault[]): void {
  const inOrder = versions
    .map((version, i) => ({ ...version, i }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  for (const [n, version] of inOrder.entries()) {
    const next = inOrder[n + 1];
    const path = `/versions/${version.i}`;
    if (version.to !== null && version.to < version.from) {
      faults.push({ path: `${path}/to`, code: 'out_of_range', message: 'ends before it begins' });
    }
    if (next !== undefined && (version.to === null || version.to >= next.from)) {
      faults.push({ path: `${path}/to`, code: 'overlap', message: `overlaps the version from ${next.from}` });
    }
    const ids = new Set<string>();
    for (const [j, { id }] of version.rules.entries()) {
      if (ids.has(id))
        faults.push({
          path: `${path}/rules/${j}/id`,
          code: 'duplicate',
          message: `rule '${id}' is given twice`,
        });
      ids.add(id);
    }
  }
}
