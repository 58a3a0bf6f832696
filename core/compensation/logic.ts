import type { Compiled, Compiler, Operator, Operators } from './compiler.ts';
import { FLAG, flagType } from './kinds.ts';
import { textOf, traced } from './values.ts';

/** Conditions from conditions. */
export const LOGIC: Operators = {
  not: (json, path, compiler) => {
    const of = compiler.typed(json, path, FLAG);
    return {
      type: flagType(of.type.always === null ? null : !of.type.always),
      run: (scope) => {
        const value = of.run(scope);
        return traced(scope, path, 'not', [textOf(value)], value !== true);
      },
    };
  },

  all: quantified('all', false),

  any: quantified('any', true),

  /** Whether an input that may be absent is there. */
  given: (json, path, compiler) => {
    const of = compiler.expression(json, path);
    const { given } = of;
    if (given === undefined)
      return compiler.fault(path, 'not_optional', 'needs an input that is declared optional');
    return { type: FLAG, run: (scope) => traced(scope, path, 'given', [], given(scope)) };
  },
};

/** all and any: read one after the other until one decides; those after it may lack their inputs. */
function quantified(op: string, deciding: boolean): Operator {
  return (json, path, compiler) => {
    const tests = flags(json, path, compiler);
    const fixed =
      tests.some(({ type }) => type.always === deciding) || hasOpposites(json)
        ? deciding
        : tests.every(({ type }) => type.always === !deciding)
          ? !deciding
          : null;
    return {
      type: flagType(fixed),
      run: (scope) => {
        const read: string[] = [];
        const found = tests.some((test) => {
          const holds = test.run(scope) === true;
          read.push(String(holds));
          return holds === deciding;
        });
        return traced(scope, path, op, read, found === deciding);
      },
    };
  };
}

/** A condition beside its opposite: together they decide whatever the case. */
function hasOpposites(json: unknown): boolean {
  if (!Array.isArray(json)) return false;
  const said = new Set(json.map((one: unknown) => JSON.stringify(one)));
  return json.some((one: unknown) => said.has(JSON.stringify({ not: one })));
}

function flags(json: unknown, path: string, compiler: Compiler): readonly Compiled[] {
  if (!Array.isArray(json) || json.length === 0) {
    compiler.fault(path, 'wrong_form', 'must be a list');
    return [];
  }
  return json.map((one: unknown, i) => compiler.typed(one, `${path}/${i}`, FLAG));
}
