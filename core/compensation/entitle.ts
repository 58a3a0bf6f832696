import type Fraction from 'fraction.js';
import { isNegative, isPositive } from '../units/decimal.ts';
import { fractionOf, isCountable, type Money, money, moneyOf, moneyText } from '../units/money.ts';
import { splitMoney } from '../units/split.ts';
import { asText, numberOf } from './arguments.ts';
import { type Award, isOwed, sumOf } from './awards.ts';
import type { Entitlement } from './case.ts';
import type { Rule } from './compiled.ts';
import type { Scope } from './scope.ts';
import { NOTHING, refuse, textOf, traced } from './values.ts';

export interface Entitled {
  readonly entitlements: readonly Entitlement[];
  readonly amount: Money;
}

/** What a rule owes once groups and limits are settled: one entitlement per payer. */
export function entitlementsOf(rule: Rule, awards: readonly Award[], whole: Scope): Entitled {
  const owed = awards.filter(isOwed);
  const exact = owedBy(rule, awards, whole);
  const amount = moneyOf(exact, whole.scheme.file.currency, 'down');
  if (amount.minor === 0) return { entitlements: [], amount };
  traced(
    whole,
    rule.path,
    'owed',
    owed.map((one) => textOf(one.amount)),
    exact,
  );
  const scope = paidScope(whole, owed);
  const payee = rule.payee === null ? {} : { payee: wordOf(rule.payee.run(scope), 'payee', rule, scope) };
  const recourse =
    rule.recourse === null ? {} : { recourse: wordOf(rule.recourse.run(scope), 'recourse', rule, scope) };
  const due = whole.settled.due.get(rule.id) ?? null;
  const shares = sharesOf(rule, amount, scope);
  const entitlements = shares.map((one) => ({
    rule: rule.id,
    amount: moneyText(one.amount).amount,
    due,
    payer: one.payer,
    ...payee,
    ...recourse,
  }));
  return { entitlements, amount };
}

/** In whole minor units; what a limit has left of one is not paid. */
export function owedBy(rule: Rule, awards: readonly Award[], whole: Scope): Fraction {
  const { currency } = whole.scheme.file;
  const sum = sumOf(awards);
  if (!isPositive(sum)) return NOTHING;
  if (!isCountable(sum, currency)) {
    refuse(whole, `${rule.path}/amount`, 'out_of_range');
    return NOTHING;
  }
  return fractionOf(moneyOf(sum, currency, 'down'));
}

/** By when a rule must be paid; null where it owes nothing, and while supply is not back. */
export function dueOf(rule: Rule, awards: readonly Award[], whole: Scope): string | null {
  const owed = awards.filter(isOwed);
  if (rule.due === null || owed.length === 0) return null;
  const scope = paidScope(whole, owed);
  if (scope.spells.some(({ members }) => members.some(({ to }) => to === null))) return null;
  return traced(scope, `${rule.path}/due`, 'due', [], asText(rule.due.run(scope)));
}

function wordOf(
  value: ReturnType<NonNullable<Rule['payee']>['run']>,
  op: string,
  rule: Rule,
  scope: Scope,
): string {
  return traced(scope, `${rule.path}/${op}`, op, [], asText(value));
}

/** Sees all that a rule pays for. */
function paidScope(whole: Scope, owed: readonly Award[]): Scope {
  const spells = [...new Set(owed.flatMap(({ part }) => part.spells))];
  return {
    ...whole,
    from: Math.min(whole.case.at, ...owed.map(({ part }) => part.from)),
    to: owed.length === 0 ? whole.case.at : Math.max(...owed.map(({ part }) => part.to)),
    spells,
    pieces: spells.flatMap(({ pieces }) => pieces),
  };
}

function sharesOf(rule: Rule, owed: Money, scope: Scope): readonly { payer: string; amount: Money }[] {
  const [first, ...others] = rule.payers;
  if (first === undefined) return [];
  if (others.length === 0) return [{ payer: first.payer, amount: owed }];
  const weights = rule.payers.map(({ share }, i) =>
    share === null ? NOTHING : numberOf(share, scope, `${rule.path}/payer/${i}/share`),
  );
  if (weights.some(isNegative) || weights.every(({ n }) => n === 0n)) {
    refuse(scope, `${rule.path}/payer`, 'weights_are_zero');
    return [];
  }
  const inputs = [
    textOf(fractionOf(owed)),
    ...rule.payers.map(({ payer }, i) => `${payer} ${textOf(weights[i] ?? NOTHING)}`),
  ];
  const shares = splitMoney(owed, weights);
  return rule.payers
    .map(({ payer }, i) => ({ payer, amount: shares[i] ?? money(0, owed.currency) }))
    .filter(({ payer, amount }) => {
      traced({ ...scope, part: payer }, `${rule.path}/payer`, 'split', inputs, fractionOf(amount));
      return amount.minor > 0;
    });
}
