import { pointerStep } from '../units/fault.ts';
import { checkKeys } from './arguments.ts';
import type { Compiled, Compiler, Operators } from './compiler.ts';
import { FLAG, joined, type Type, typeText, UNKNOWN } from './kinds.ts';
import { nearest } from './nearest.ts';
import { consequence, isKeyed, textOf, traced } from './values.ts';

/** One of several values. Only the branch that is taken is evaluated, so what another needs may be missing. */
export const CHOICES: Operators = {
  /** `{if, then, else}` */
  if: (json, path, compiler) => {
    if (!isKeyed(json) || !('if' in json) || !('then' in json) || !('else' in json))
      return compiler.fault(path, 'wrong_form', 'if needs {if, then, else}');
    checkKeys(json, path, compiler, ['if', 'then', 'else']);
    const test = compiler.typed(json.if, `${path}/if`, FLAG);
    unlessFixed(test, `${path}/if`, compiler);
    const then = compiler.expression(json.then, `${path}/then`);
    const other = compiler.expression(json.else, `${path}/else`);
    return {
      type: common([then, other], [`${path}/then`, `${path}/else`], compiler),
      run: (scope) => {
        const holds = test.run(scope) === true;
        return traced(scope, path, 'if', [String(holds)], (holds ? then : other).run(scope));
      },
    };
  },

  /** `[{when, is}, …, {is}]`: the first whose `when` holds. */
  first: (json, path, compiler) => {
    if (!Array.isArray(json) || json.length === 0 || !json.every((one) => isKeyed(one) && 'is' in one))
      return compiler.fault(path, 'wrong_form', 'first needs a list of {when, is}, the last without when');
    const entries = json.map((one: Readonly<Record<string, unknown>>, i) => {
      checkKeys(one, `${path}/${i}`, compiler, ['when', 'is']);
      const when = one.when === undefined ? null : compiler.typed(one.when, `${path}/${i}/when`, FLAG);
      if (when !== null) unlessFixed(when, `${path}/${i}/when`, compiler);
      if ((when === null) !== (i === json.length - 1))
        compiler.fault(
          `${path}/${i}`,
          i === json.length - 1 ? 'missing_case' : 'unreachable',
          i === json.length - 1
            ? 'the last entry must have no when, to say what holds otherwise'
            : 'an entry without when takes everything: those after it are never read',
        );
      return { when, is: compiler.expression(one.is, `${path}/${i}/is`) };
    });
    return {
      type: common(
        entries.map(({ is }) => is),
        entries.map((_, i) => `${path}/${i}/is`),
        compiler,
      ),
      run: (scope) => {
        const index = entries.findIndex(({ when }) => when === null || when.run(scope) === true);
        const taken = entries[index];
        return taken === undefined
          ? consequence(scope, path, 'no_case')
          : traced(scope, path, 'first', [String(index)], taken.is.run(scope));
      },
    };
  },

  /** `{on, cases: {text: expression}, else?}`; a text without a case and without `else` is refused. */
  choose: (json, path, compiler) => {
    if (!isKeyed(json) || !('on' in json) || !isKeyed(json.cases))
      return compiler.fault(path, 'wrong_form', 'choose needs {on, cases, else?}');
    checkKeys(json, path, compiler, ['on', 'cases', 'else']);
    const on = compiler.expression(json.on, `${path}/on`);
    const cases = new Map(
      Object.entries(json.cases).map(([key, is]) => [
        key,
        compiler.expression(is, `${path}/cases/${pointerStep(key)}`),
      ]),
    );
    const other = 'else' in json ? compiler.expression(json.else, `${path}/else`) : null;
    checkCases(on.type, [...cases.keys()], other !== null, path, compiler);
    const branches = [...cases.values(), ...(other === null ? [] : [other])];
    const paths = [...cases.keys()].map((key) => `${path}/cases/${pointerStep(key)}`);
    return {
      type: common(branches, other === null ? paths : [...paths, `${path}/else`], compiler),
      run: (scope) => {
        const key = textOf(on.run(scope));
        const chosen = cases.get(key) ?? other;
        return chosen === null
          ? consequence(scope, `${path}/cases/${pointerStep(key)}`, 'no_case')
          : traced(scope, path, 'choose', [key], chosen.run(scope));
      },
    };
  },
};

export function unlessFixed({ type }: Compiled, path: string, compiler: Compiler): void {
  if (type.always === null) return;
  compiler.fault(
    path,
    type.always ? 'always_true' : 'never_true',
    `is ${type.always ? 'always true' : 'never true'}: what depends on it ${type.always ? 'needs no condition' : 'is never reached'}`,
  );
}

/** The type all branches share. */
export function common(branches: readonly Compiled[], paths: readonly string[], compiler: Compiler): Type {
  let type: Type = UNKNOWN;
  for (const [i, branch] of branches.entries()) {
    const both = joined(type, branch.type);
    if (both === null)
      compiler.fault(
        paths[i] ?? '',
        branch.type.kind === type.kind ? 'wrong_unit' : 'wrong_type',
        `is ${typeText(branch.type)} where another branch is ${typeText(type)}`,
      );
    else type = both;
  }
  return type;
}

function checkCases(
  on: Type,
  keys: readonly string[],
  hasElse: boolean,
  path: string,
  compiler: Compiler,
): void {
  if (on.kind === 'number' || on.kind === 'instant')
    compiler.fault(
      `${path}/on`,
      'wrong_type',
      `choose goes by a text, this is ${typeText(on)}; use bands or first`,
    );
  const { values } = on;
  if (values === null) return;
  for (const key of keys) {
    if (values.includes(key)) continue;
    compiler.fault(
      `${path}/cases/${pointerStep(key)}`,
      'unreachable',
      `'${key}' never occurs; there are ${values.join(', ')}${nearest(key, values)}`,
    );
  }
  const missing = values.filter((value) => !keys.includes(value));
  if (missing.length > 0 && !hasElse)
    compiler.fault(`${path}/cases`, 'missing_case', `has no case for ${missing.join(', ')}, and no else`);
}
