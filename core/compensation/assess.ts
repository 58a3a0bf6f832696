import { addMoney, type Money, money, moneyText, parseMoney } from '../units/money.ts';
import { type Assessed, assessRule } from './assess-rule.ts';
import { type Award, isOwed } from './awards.ts';
import type { AssessCase, Assessment, CaseInterruption, Entitlement } from './case.ts';
import type { Rule, Scheme, SchemeVersion } from './compiled.ts';
import { entitlementsOf } from './entitle.ts';
import { settleGroup } from './groups.ts';
import { settleLimit } from './limits.ts';
import { newReport, type Report, type Scope, type Spell } from './scope.ts';
import { doubt, textOf, traced } from './values.ts';
import { type Versions, versionsOf } from './versions.ts';

interface Outcome {
  readonly entitlements: readonly Entitlement[];
  readonly notOwed: Assessment['notOwed'];
}

/**
 * Says what a scheme owes one premises for its interruptions. Amounts are exact until a rule's own rounding; every step is
 * in the trace. When an input is missing or makes no sense nothing is owed and `refused` lists all that must be mended.
 */
export function assess(scheme: Scheme, given: AssessCase): Assessment {
  const report = newReport();
  const zone = scheme.file.timeZone ?? given.timeZone;
  let outcomes: readonly Outcome[] = [];
  if (zone === null) report.refused.set('timeZone', { path: 'timeZone', code: 'missing_input' });
  else {
    const versions = versionsOf(scheme, given, zone, report);
    outcomes = versions.present.map((version) =>
      assessVersion(scheme, version, versions, given, zone, report),
    );
  }
  return resultOf(scheme, outcomes, report);
}

function assessVersion(
  scheme: Scheme,
  version: SchemeVersion,
  versions: Versions,
  given: AssessCase,
  zone: string,
  report: Report,
): Outcome {
  const whole = wholeScope(scheme, given, zone, report);
  noteVersion(version, whole);
  const assessed = new Map<Rule, Assessed>();
  const entitlements = new Map<Rule, readonly Entitlement[]>();
  for (const level of levelsOf(version)) {
    const rules = version.rules.filter((rule) => rule.level === level);
    for (const rule of rules) {
      const own = ruleScope(whole, rule);
      assessed.set(
        rule,
        assessRule(rule, seenBy(rule, version, versions), own, ({ members }) =>
          isOf(version, versions, members),
        ),
      );
    }
    const awards = [...assessed.values()].flatMap((one) => one.awards);
    for (const group of version.groups) if (group.level === level) settleGroup(group, awards, whole);
    for (const limit of version.limits) if (limit.level === level) settleLimit(limit, awards, whole);
    for (const rule of rules)
      entitlements.set(rule, entitlementsOf(rule, assessed.get(rule)?.awards ?? [], ruleScope(whole, rule)));
  }
  const paying = version.rules.filter((rule) => (entitlements.get(rule) ?? []).length > 0);
  for (const rule of paying) {
    doubt(ruleScope(whole, rule), version.path.slice(1), version.unverified ?? undefined);
    doubt(ruleScope(whole, rule), rule.path.slice(1), rule.unverified ?? undefined);
  }
  return {
    entitlements: version.rules.flatMap((rule) =>
      (entitlements.get(rule) ?? []).map((one) => withDoubts(one, report)),
    ),
    notOwed: version.rules
      .filter((rule) => !paying.includes(rule))
      .flatMap((rule) => reasonsOf(rule, assessed.get(rule))),
  };
}

function wholeScope(scheme: Scheme, given: AssessCase, zone: string, report: Report): Scope {
  return {
    scheme,
    case: given,
    zone,
    rule: '',
    part: null,
    from: given.at,
    to: given.at,
    interruption: null,
    spells: [],
    pieces: [],
    steps: new Map(),
    entry: null,
    settled: { paidFor: new Map(), owed: new Map(), due: new Map() },
    report,
  };
}

function ruleScope(whole: Scope, { id }: Rule): Scope {
  return { ...whole, rule: id, steps: new Map() };
}

function levelsOf({ rules }: SchemeVersion): readonly number[] {
  return [...new Set(rules.map(({ level }) => level))].sort((a, b) => a - b);
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
  const first = members[0];
  return first === undefined || of.get(version)?.includes(first) === true;
}

function reasonsOf(rule: Rule, assessed: Assessed | undefined): Assessment['notOwed'] {
  const reasons = new Set<string>();
  for (const { excluded } of assessed?.clocked ?? [])
    for (const reason of excluded.keys()) reasons.add(reason);
  for (const { reason } of (assessed?.awards ?? []).filter((award: Award) => !isOwed(award)))
    if (reason !== null) reasons.add(reason);
  if (assessed?.clocked.length === 0 && rule.per.kind !== 'once') reasons.add('no_interruption');
  if (reasons.size === 0) reasons.add('amount_is_zero');
  return [...reasons].map((reason) => ({ rule: rule.id, reason }));
}

function withDoubts(entitlement: Entitlement, { unverified }: Report): Entitlement {
  const paths = [...unverified.values()]
    .filter(({ rule }) => rule === entitlement.rule || rule === '')
    .map(({ path }) => path);
  return paths.length === 0 ? entitlement : { ...entitlement, unverified: paths };
}

function resultOf(scheme: Scheme, outcomes: readonly Outcome[], report: Report): Assessment {
  const { currency } = scheme.file;
  const refused = [...report.refused.values()];
  const sound = refused.length > 0 ? [] : outcomes;
  const entitlements = sound.flatMap((one) => one.entitlements);
  const total = entitlements.reduce(
    (sum: Money, { amount }) => addMoney(sum, parseMoney(amount, currency) ?? money(0, currency)),
    money(0, currency),
  );
  return {
    entitlements,
    total: moneyText(total),
    notOwed: sound.flatMap((one) => one.notOwed),
    trace: report.trace,
    unverified: unverifiedOf(scheme, report),
    refused: refused.length > 0 ? refused : null,
  };
}

function unverifiedOf({ file }: Scheme, report: Report): Assessment['unverified'] {
  const { unverified } = file.source;
  const found = new Map(unverified === undefined ? [] : [['source', unverified]]);
  for (const { path, note } of report.unverified.values()) found.set(path, note);
  return [...found].map(([path, note]) => ({ path, note }));
}
