import Fraction from 'fraction.js';
import { fractionOf, type Money, minorDigits, money, moneyOf, moneyText } from '../units/money.ts';
import { splitMoney } from '../units/split.ts';
import { asText, numberOf } from './arguments.ts';
import { type Award, isOwed, sumOf } from './awards.ts';
import type { Entitlement } from './case.ts';
import type { Rule } from './compiled.ts';
import type { Scope } from './scope.ts';
import { NOTHING, refuse, textOf, traced } from './values.ts';

/** What a rule owes once groups and limits are settled: one entitlement per payer. */
export function entitlementsOf(rule: Rule, awards: readonly Award[], whole: Scope): readonly Entitlement[] {
  const owed = owedBy(rule, awards, whole);
  whole.settled.owed.set(rule.id, fractionOf(owed));
  const scope = paidScope(whole, awards.filter(isOwed));
  const due = owed.minor === 0 ? null : dueOf(rule, scope);
  whole.settled.due.set(rule.id, due);
  if (owed.minor === 0) return [];
  traced(
    scope,
    rule.path,
    'owed',
    awards.filter(isOwed).map(({ amount }) => textOf(amount)),
    fractionOf(owed),
  );
  const payee = rule.payee === null ? {} : { payee: asText(rule.payee.run(scope)) };
  if (payee.payee !== undefined) traced(scope, `${rule.path}/payee`, 'payee', [], payee.payee);
  const recourse = rule.recourse === null ? {} : { recourse: asText(rule.recourse.run(scope)) };
  return sharesOf(rule, owed, scope).map(({ payer, amount }) => ({
    rule: rule.id,
    amount: moneyText(amount).amount,
    due,
    payer,
    ...payee,
    ...recourse,
  }));
}

/** Whole minor units; what a limit has left of one is not paid. */
function owedBy(rule: Rule, awards: readonly Award[], whole: Scope): Money {
  const { currency } = whole.scheme.file;
  const sum = sumOf(awards);
  const minor = sum.mul(10n ** BigInt(minorDigits(currency)));
  if (minor.compare(new Fraction(BigInt(Number.MAX_SAFE_INTEGER))) > 0) {
    refuse(whole, `${rule.path}/amount`, 'out_of_range');
    return money(0, currency);
  }
  return sum.s > 0n ? moneyOf(sum, currency, 'down') : money(0, currency);
}

function paidScope(whole: Scope, awards: readonly Award[]): Scope {
  const spells = [...new Set(awards.flatMap(({ part }) => part.spells))];
  return {
    ...whole,
    from: Math.min(whole.case.at, ...awards.map(({ part }) => part.from)),
    to: awards.length === 0 ? whole.case.at : Math.max(...awards.map(({ part }) => part.to)),
    spells,
    pieces: spells.flatMap(({ pieces }) => pieces),
  };
}

/** Null while supply is not back. */
function dueOf(rule: Rule, scope: Scope): string | null {
  if (rule.due === null || scope.spells.some(({ open }) => open)) return null;
  return traced(scope, `${rule.path}/due`, 'due', [], asText(rule.due.run(scope)));
}

function sharesOf(rule: Rule, owed: Money, scope: Scope): readonly { payer: string; amount: Money }[] {
  const [first, ...others] = rule.payers;
  if (first === undefined) return [];
  if (others.length === 0) return [{ payer: first.payer, amount: owed }];
  const weights = rule.payers.map(({ share }, i) =>
    share === null ? NOTHING : numberOf(share, scope, `${rule.path}/payer/${i}/share`),
  );
  if (weights.some(({ s }) => s < 0n) || weights.every(({ n }) => n === 0n)) {
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
