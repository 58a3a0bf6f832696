import type { Money } from '../units/money.ts';
import { type Assessed, assessRule } from './assess-rule.ts';
import { type Award, isOwed } from './awards.ts';
import type { Assessment, CaseInterruption, Entitlement } from './case.ts';
import type { Rule, SchemeVersion } from './compiled.ts';
import { dueOf, entitlementsOf, owedBy } from './entitle.ts';
import { settleGroup } from './groups.ts';
import { settleLimit } from './limits.ts';
import type { Report, Scope, Spell } from './scope.ts';
import { doubt, textOf, traced } from './values.ts';
import type { Versions } from './versions.ts';

export interface Outcome {
  readonly entitlements: readonly Entitlement[];
  readonly amounts: readonly Money[];
  readonly notOwed: Assessment['notOwed'];
}

/** All rules of one version: level by level, so that a rule sees what those it builds on came to after groups and limits. */
export function assessVersion(version: SchemeVersion, versions: Versions, whole: Scope): Outcome {
  noteVersion(version, whole);
  const assessed = new Map<Rule, Assessed>();
  for (const [level, rules] of version.levels.entries()) {
    for (const rule of rules) {
      const decides = ({ members }: Spell) => isOf(version, versions, members);
      assessed.set(rule, assessRule(rule, seenBy(rule, version, versions), ruleScope(whole, rule), decides));
    }
    settleLevel(version, level, assessed, whole);
  }
  const owed = version.rules.map((rule) => ({
    rule,
    ...entitlementsOf(rule, awardsOf(rule, assessed), ruleScope(whole, rule)),
  }));
  const paying = owed.filter(({ entitlements }) => entitlements.length > 0);
  for (const { rule } of paying) {
    doubt(ruleScope(whole, rule), 'source', whole.scheme.file.source.unverified);
    doubt(ruleScope(whole, rule), version.path.slice(1), version.unverified ?? undefined);
    doubt(ruleScope(whole, rule), rule.path.slice(1), rule.unverified ?? undefined);
  }
  return {
    entitlements: paying.flatMap(({ entitlements }) =>
      entitlements.map((one) => withDoubts(one, whole.report)),
    ),
    amounts: paying.map(({ amount }) => amount),
    notOwed: owed
      .filter(({ entitlements }) => entitlements.length === 0)
      .flatMap(({ rule }) => reasonsOf(rule, assessed.get(rule))),
  };
}

function settleLevel(
  version: SchemeVersion,
  level: number,
  assessed: ReadonlyMap<Rule, Assessed>,
  whole: Scope,
): void {
  const awards = [...assessed.values()].flatMap((one) => one.awards);
  for (const group of version.groups) if (group.level === level) settleGroup(group, awards, whole);
  for (const limit of version.limits) if (limit.level === level) settleLimit(limit, awards, whole);
  for (const rule of version.levels[level] ?? []) {
    const own = awardsOf(rule, assessed);
    notePaid(rule, own, whole);
    whole.settled.owed.set(rule.id, owedBy(rule, own, whole));
    whole.settled.due.set(rule.id, dueOf(rule, own, ruleScope(whole, rule)));
  }
}

function awardsOf(rule: Rule, assessed: ReadonlyMap<Rule, Assessed>): readonly Award[] {
  return assessed.get(rule)?.awards ?? [];
}

function notePaid({ id }: Rule, awards: readonly Award[], { settled }: Scope): void {
  for (const { part } of awards.filter(isOwed)) {
    for (const { members } of part.spells) {
      for (const member of members) {
        const payers = settled.paidFor.get(member.id) ?? new Set<string>();
        settled.paidFor.set(member.id, payers.add(id));
      }
    }
  }
}

function ruleScope(whole: Scope, { id }: Rule): Scope {
  return { ...whole, rule: id, steps: new Map() };
}

/** Which text decided, where that is not plain: a scheme of several versions, or a law that says two things. */
function noteVersion({ path, from, to, conflict }: SchemeVersion, whole: Scope): void {
  traced(whole, path, 'version', [from, to ?? 'open'], path.slice(1));
  if (conflict === null) return;
  const chosen = conflict.chosen.run(whole);
  traced(whole, `${path}/conflict`, 'conflict', [conflict.note], textOf(chosen));
  doubt(whole, `${path.slice(1)}/conflict`, `${conflict.note} Followed here: ${textOf(chosen)}.`);
}

/** A rule that counts over a window or a year looks back over versions; others see what began under their own. */
function seenBy({ per }: Rule, version: SchemeVersion, { of, all }: Versions): readonly CaseInterruption[] {
  const looksBack = per.kind === 'window' || (per.kind === 'period' && per.by !== 'time');
  return looksBack ? all : (of.get(version) ?? []);
}

function isOf(version: SchemeVersion, { of }: Versions, members: Spell['members']): boolean {
  const [first] = members;
  return first !== undefined && of.get(version)?.includes(first) === true;
}

function reasonsOf(rule: Rule, assessed: Assessed | undefined): Assessment['notOwed'] {
  const reasons = new Set<string>();
  for (const { excluded } of assessed?.clocked ?? [])
    for (const reason of excluded.keys()) reasons.add(reason);
  for (const { reason } of assessed?.awards ?? []) if (reason !== null) reasons.add(reason);
  if (assessed?.clocked.length === 0 && rule.per.kind !== 'once') reasons.add('no_interruption');
  if (reasons.size === 0) reasons.add('amount_is_zero');
  return [...reasons].map((reason) => ({ rule: rule.id, reason }));
}

function withDoubts(entitlement: Entitlement, { unverified }: Report): Entitlement {
  if (unverified.size === 0) return entitlement;
  const paths = [...unverified.values()]
    .filter(({ rule }) => rule === entitlement.rule || rule === '')
    .map(({ path }) => path);
  return paths.length === 0 ? entitlement : { ...entitlement, unverified: paths };
}
