import type Fraction from 'fraction.js';
import { isPositive } from '../units/decimal.ts';
import { asNumber, numberOf } from './arguments.ts';
import { type Award, roundedBy, roundSum } from './awards.ts';
import type { CaseInterruption } from './case.ts';
import { claimReason } from './claim.ts';
import { type Clocked, clockedOf } from './clocked.ts';
import type { Rule } from './compiled.ts';
import { traceMinutes } from './minutes.ts';
import { type Part, partsOf, throughWindows } from './parts.ts';
import type { Scope, Spell } from './scope.ts';
import { spellsOf } from './spells.ts';
import { NOTHING, textOf, traced } from './values.ts';

export interface Assessed {
  readonly awards: readonly Award[];
  readonly clocked: readonly Clocked[];
}

/**
 * One rule over the interruptions it may see, in order of time. `whole` sees the case; `decides` says whether a part is
 * this version's to pay, for rules that look back over versions.
 */
export function assessRule(
  rule: Rule,
  interruptions: readonly CaseInterruption[],
  whole: Scope,
  decides: (spell: Spell) => boolean,
): Assessed {
  const clocked = interruptions.map((one) =>
    clockedOf(one, aloneScope(whole, one), rule.exclude, rule.clock),
  );
  const spells = spellsOf(rule, clocked);
  const awards: Award[] = [];
  const pay = (part: Part, before: readonly Fraction[] = []): Fraction => {
    const { amount, reason } = amountOf(rule, partScope(whole, part), before);
    const decider = part.lead ?? part.spells.at(-1);
    if (decider === undefined || decides(decider)) awards.push({ rule, part, amount, reason });
    return amount;
  };
  const { per } = rule;
  if (per.kind === 'window') throughWindows(per, spells, whole.zone, pay);
  else {
    const keyOf = (spell: Spell) =>
      per.kind === 'group' ? textOf(per.key.run(partScope(whole, leadPart(spell)))) : spell.id;
    for (const part of partsOf(per, spells, whole.zone, whole.case.at, keyOf)) pay(part);
  }
  roundSum(rule, awards, whole);
  traceMinutes(rule, clocked, whole);
  return { awards, clocked };
}

/** An interruption of the ledger by itself, before anything is taken off. */
function aloneScope(whole: Scope, one: CaseInterruption): Scope {
  const to = Math.max(one.from, one.to ?? whole.case.at);
  const piece = { from: one.from, to, before_ms: 0, spell_ms: to - one.from, spell: one.id };
  const spell = { id: one.id, from: one.from, to, members: [one], pieces: [piece] };
  return { ...whole, part: one.id, from: one.from, to, interruption: one, spells: [spell], pieces: [piece] };
}

function partScope(whole: Scope, { name, from, to, spells, pieces, lead }: Part): Scope {
  const interruption = lead?.members[0] ?? null;
  return { ...whole, part: name, from, to, interruption, spells, pieces, steps: new Map() };
}

function leadPart(spell: Spell): Part {
  const { id, from, to, pieces } = spell;
  return { name: id, from, to, spells: [spell], pieces, lead: spell };
}

function amountOf(
  rule: Rule,
  scope: Scope,
  before: readonly Fraction[],
): { readonly amount: Fraction; readonly reason: string | null } {
  rule.steps.forEach(({ name, is }, i) => {
    const value = is.run(scope);
    scope.steps.set(name, value);
    traced(scope, `${rule.path}/steps/${i}`, 'step', [name], value);
  });
  const unmet = rule.require.find(({ test }) => test.run(scope) !== true);
  const reason = unmet?.reason ?? claimReason(rule, scope);
  if (reason !== null) {
    traced(scope, `${rule.path}/amount`, 'not_owed', [], reason);
    return { amount: NOTHING, reason };
  }
  const exact = numberOf(rule.amount, scope, `${rule.path}/amount`);
  traced(scope, `${rule.path}/amount`, 'amount', [], exact);
  const amount = rule.round.at === 'part' ? roundedBy(rule, exact, scope) : exact;
  const increase = before.length === 0 ? amount : increaseOver(rule, amount, before, scope);
  return isPositive(increase)
    ? { amount: increase, reason: null }
    : { amount: NOTHING, reason: before.length === 0 ? 'amount_is_zero' : 'already_paid' };
}

/** What an entitlement that has grown step by step is still owed. */
function increaseOver(rule: Rule, amount: Fraction, before: readonly Fraction[], scope: Scope): Fraction {
  const paid = before.reduce((sum, one) => sum.add(one), NOTHING);
  const inputs = [amount, ...before].map(textOf);
  return asNumber(traced(scope, `${rule.path}/per`, 'subtract', inputs, amount.sub(paid)));
}
