import { dayOfDate } from '../units/civil.ts';
import { parseDecimal } from '../units/decimal.ts';
import { type Fault, pointerStep } from '../units/fault.ts';
import { ARITHMETIC, literalType } from './arithmetic.ts';
import { CASE_INPUTS } from './case-inputs.ts';
import { checkType } from './check-type.ts';
import { CHOICES } from './choices.ts';
import { COMPARISONS } from './comparisons.ts';
import type { Compiled, Compiler, Operator, Place, UsedGroup } from './compiler.ts';
import { DATES } from './dates.ts';
import { DEADLINES } from './deadlines.ts';
import { ELAPSED } from './elapsed.ts';
import { ELAPSED_BETWEEN } from './elapsed-between.ts';
import { INPUTS } from './inputs.ts';
import { DATE, flagType, type Type, textType, UNKNOWN } from './kinds.ts';
import { LOGIC } from './logic.ts';
import { LOOKED_UP } from './looked-up.ts';
import { MEASURES } from './measures.ts';
import { nearest } from './nearest.ts';
import { OPENING_HOURS } from './opening-hours.ts';
import { OTHER_RULES } from './other-rules.ts';
import type { SchemeFile } from './scheme.ts';
import { SHARES } from './shares.ts';
import { SPELL_MEASURES } from './spell-measures.ts';
import { STEPPED } from './stepped.ts';
import { isKeyed, NOTHING } from './values.ts';

/** The words of the language, one table a concern. */
const WORDS: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    ...INPUTS,
    ...CASE_INPUTS,
    ...ELAPSED,
    ...ELAPSED_BETWEEN,
    ...MEASURES,
    ...SPELL_MEASURES,
    ...ARITHMETIC,
    ...COMPARISONS,
    ...LOGIC,
    ...CHOICES,
    ...STEPPED,
    ...LOOKED_UP,
    ...DATES,
    ...DEADLINES,
    ...OPENING_HOURS,
    ...OTHER_RULES,
    ...SHARES,
    use: definition,
  }),
);

const EXPRESSIONS_DEEP = 50;

/** What all expressions of one rule share while they are read. */
export interface Reading {
  readonly file: SchemeFile;
  readonly steps: Map<string, Type>;
  readonly earlierRules: ReadonlySet<string>;
  readonly laterRules: readonly string[];
  readonly builtOn: Set<string>;
  readonly after: Set<string>;
  readonly used: Set<string>;
  readonly faults: Fault[];
  /** Definitions being read, one inside the other. */
  readonly open: string[];
  /** How many more expressions the file may have. */
  readonly budget: { left: number };
}

export function usedName(group: UsedGroup, name: string): string {
  return `${group}/${name}`;
}

export function compilerFor(reading: Reading, place: Place, depth = { now: 0 }): Compiler {
  const { file, steps, earlierRules, laterRules, builtOn, after, used, faults } = reading;

  function fault(path: string, code: string, message: string): Compiled {
    // Definitions are read wherever they are used: their faults are told once.
    if (!faults.some((one) => one.path === path && one.code === code)) faults.push({ path, code, message });
    return { type: UNKNOWN, run: () => NOTHING };
  }

  function operation(json: Readonly<Record<string, unknown>>, path: string): Compiled {
    const [entry, ...others] = Object.entries(json);
    if (entry === undefined || others.length > 0)
      return fault(path, 'wrong_form', 'must have exactly one key, the operator');
    const [word, argument] = entry;
    const operator = WORDS.get(word);
    if (operator === undefined) return fault(path, 'unknown_operator', unknownWord(word));
    return operator(argument, `${path}/${pointerStep(word)}`, compiler);
  }

  const compiler: Compiler = {
    file,
    place,
    steps,
    earlierRules,
    laterRules,
    fault,
    buildsOn: (rule) => void builtOn.add(rule),
    follows: (rule) => void after.add(rule),
    uses: (group, name) => void used.add(usedName(group, name)),
    in: (change) => compilerFor(reading, { ...place, ...change }, depth),
    named(name, read) {
      const { open } = reading;
      if (open.includes(name))
        return fault(
          `/definitions/${pointerStep(name)}`,
          'recursive',
          `refers to itself: ${[...open, name].join(' → ')}`,
        );
      open.push(name);
      const compiled = read();
      open.pop();
      return compiled;
    },
    expression(json, path) {
      if (typeof json === 'boolean') return { type: flagType(json), run: () => json };
      if (typeof json === 'string') return literal(json);
      if (!isKeyed(json)) {
        return fault(
          path,
          'wrong_type',
          'must be a text, a decimal string, a flag or {"operator": …}; numbers are written as strings',
        );
      }
      reading.budget.left -= 1;
      if (reading.budget.left < 0)
        return fault(
          '/versions',
          'too_large',
          'has too many expressions, counting definitions wherever they are used',
        );
      depth.now += 1;
      const compiled =
        depth.now > EXPRESSIONS_DEEP
          ? fault(path, 'too_deep', `nested more than ${EXPRESSIONS_DEEP} deep`)
          : operation(json, path);
      depth.now -= 1;
      return compiled;
    },
    typed(json, path, wanted) {
      const asText = wanted.kind === 'text' && typeof json === 'string';
      const compiled = asText ? { type: textType([json]), run: () => json } : compiler.expression(json, path);
      checkType(compiled.type, wanted, path, fault);
      return compiled;
    },
  };
  return compiler;
}

/** Named expressions are read in place, so that they may ask what can be asked there. */
function definition(name: unknown, path: string, compiler: Compiler): Compiled {
  const { definitions = {} } = compiler.file;
  const known = Object.keys(definitions);
  if (typeof name !== 'string' || !known.includes(name))
    return compiler.fault(
      path,
      'unknown_definition',
      `no definition is called ${JSON.stringify(name)}; there are ${known.join(', ')}${nearest(String(name), known)}`,
    );
  compiler.uses('definitions', name);
  return compiler.named(name, () =>
    compiler.expression(definitions[name], `/definitions/${pointerStep(name)}`),
  );
}

function literal(text: string): Compiled {
  const value = parseDecimal(text);
  if (value !== null) return { type: literalType(value), run: () => value };
  return { type: dayOfDate(text) === null ? textType([text]) : DATE, run: () => text };
}

function unknownWord(word: string): string {
  const meant = nearest(word, WORDS.keys());
  return meant === ''
    ? `'${word}' is not one of ${[...WORDS.keys()].join(', ')}`
    : `no operator is called '${word}'${meant}`;
}
