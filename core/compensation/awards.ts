import type Fraction from 'fraction.js';
import { isNegative, isPositive } from '../units/decimal.ts';
import { roundToUnit } from '../units/rounding.ts';
import type { Rule } from './compiled.ts';
import type { Part } from './parts.ts';
import type { Scope } from './scope.ts';
import { NOTHING, textOf, traced } from './values.ts';

/** What a rule comes to for one part, on its way through rounding, groups and limits. */
export interface Award {
  readonly rule: Rule;
  readonly part: Part;
  amount: Fraction;
  /** Why it is nothing. */
  reason: string | null;
}

export function isOwed({ amount }: Award): boolean {
  return isPositive(amount);
}

/** Rounds a rule's exact sum; what rounding moves, the last parts that are owed anything bear, none below nothing. */
export function roundSum(rule: Rule, awards: readonly Award[], scope: Scope): void {
  if (rule.round.at !== 'rule') return;
  const exact = sumOf(awards);
  let moved = roundedBy(rule, exact, scope).sub(exact);
  for (const award of awards.filter(isOwed).reverse()) {
    const amount = award.amount.add(moved);
    award.amount = isNegative(amount) ? NOTHING : amount;
    moved = isNegative(amount) ? amount : NOTHING;
    if (!isOwed(award)) award.reason = 'amount_is_zero';
  }
}

export function roundedBy(rule: Rule, amount: Fraction, scope: Scope): Fraction {
  const { unit, mode } = rule.round;
  const rounded = roundToUnit(amount, unit, mode);
  return traced(scope, `${rule.path}/round`, 'round', [textOf(amount), textOf(unit), mode], rounded);
}

export function sumOf(awards: readonly Award[]): Fraction {
  return awards.reduce((all, { amount }) => all.add(amount), NOTHING);
}
