import type Fraction from 'fraction.js';
import type { Compiler, Operators } from './compiler.ts';
import { DATE, FLAG, MONEY, numberType } from './kinds.ts';
import { nearest } from './nearest.ts';
import { consequence, NOTHING, textOf, traced } from './values.ts';

/** What other rules of the version came to. */
export const OTHER_RULES: Operators = {
  /** Whether one of these rules pays for this interruption. */
  paid_by: (json, path, compiler) => {
    const rules = ruleList(json, path, compiler);
    if (!compiler.place.interruption)
      compiler.fault(
        path,
        'no_single_interruption',
        'asks about one interruption: use it in exclude or count',
      );
    for (const rule of rules) compiler.follows(rule);
    return {
      type: FLAG,
      run: (scope) => {
        const payers = scope.settled.paidFor.get(scope.interruption?.id ?? '');
        const found = rules.filter((rule) => payers?.has(rule) === true);
        return traced(scope, path, 'paid_by', found, found.length > 0);
      },
    };
  },

  /** What these rules owe together, after groups and limits: for interest, uplifts, tax. */
  owed: (json, path, compiler) => {
    const rules = ruleList(json, path, compiler);
    for (const rule of rules) compiler.buildsOn(rule);
    return {
      type: numberType(MONEY, { low: NOTHING }),
      run: (scope) => {
        const amounts = rules.map((rule) => scope.settled.owed.get(rule) ?? NOTHING);
        const sum = amounts.reduce<Fraction>((all, amount) => all.add(amount), NOTHING);
        return traced(scope, path, 'owed', amounts.map(textOf), sum);
      },
    };
  },

  /** The date by which a rule had to be paid. */
  due_date: (json, path, compiler) => {
    const [rule = ''] = ruleList(json, path, compiler);
    compiler.buildsOn(rule);
    return {
      type: DATE,
      given: (scope) => typeof scope.settled.due.get(rule) === 'string',
      run: (scope) => {
        const due = scope.settled.due.get(rule);
        return typeof due === 'string'
          ? traced(scope, path, 'due_date', [rule], due)
          : consequence(scope, path, 'not_due');
      },
    };
  },
};

function ruleList(json: unknown, path: string, compiler: Compiler): readonly string[] {
  const given: readonly unknown[] = Array.isArray(json) ? json : [json];
  const rules = given.filter((one) => typeof one === 'string');
  if (rules.length === 0 || rules.length !== given.length) {
    compiler.fault(path, 'wrong_form', 'must name a rule, or list several');
    return [];
  }
  for (const rule of rules) {
    if (compiler.earlierRules.has(rule)) continue;
    const [self, ...later] = compiler.laterRules;
    const message =
      rule === self
        ? 'a rule cannot build on itself'
        : later.includes(rule)
          ? `'${rule}' stands after this rule: move it before, since a rule builds only on earlier ones`
          : `no rule before this one is called '${rule}'${nearest(rule, compiler.earlierRules)}`;
    compiler.fault(path, 'unknown_rule', message);
  }
  return rules;
}
