import Fraction from 'fraction.js';
import { localDate, localMonth, plusDays } from '../units/calendar.ts';
import { addMoney, type Money, money, moneyOf, moneyText } from '../units/money.ts';
import { floorOf, roundToUnit } from '../units/rounding.ts';
import type { AssessCase, Assessment, CaseInterruption, Entitlement } from './case.ts';
import type { Rule, Scheme, SchemeVersion } from './compiled.ts';
import { type Counted, countTime, minutesText } from './counted-time.ts';
import { elapsed_ms } from './measures.ts';
import { numberOf } from './operators.ts';
import { type Part, partsOf } from './parts.ts';
import { newReport, type Report, type Scope } from './scope.ts';
import { NOTHING, refuse, textOf, traced } from './values.ts';

interface Sum {
  readonly money: Money;
  readonly entitlements: Entitlement[];
  readonly notOwed: { readonly rule: string; readonly reason: string }[];
}

/**
 * Says what a scheme owes one premises for its interruptions. Amounts are exact until a rule's own rounding; every step is
 * in the trace. When an input is missing or makes no sense nothing is owed and `refused` lists all that must be mended.
 */
export function assess(scheme: Scheme, given: AssessCase): Assessment {
  const report = newReport();
  const { currency } = scheme.file;
  const zone = scheme.file.timeZone ?? given.timeZone;
  const sum: Sum[] = [];
  if (zone === null) report.refused.set('timeZone', { path: 'timeZone', code: 'missing_input' });
  else {
    for (const [version, interruptions] of byVersion(scheme, given.interruptions, zone, report)) {
      for (const rule of version.rules)
        sum.push(assessRule(scheme, rule, given, interruptions, zone, report));
    }
  }
  const refused = [...report.refused.values()];
  const entitlements = refused.length > 0 ? [] : sum.flatMap((one) => one.entitlements);
  const total =
    refused.length > 0
      ? money(0, currency)
      : sum.reduce((all, one) => addMoney(all, one.money), money(0, currency));
  return {
    entitlements,
    total: moneyText(total),
    notOwed: refused.length > 0 ? [] : sum.flatMap((one) => one.notOwed),
    trace: report.trace,
    unverified: unverifiedOf(scheme, report),
    refused: refused.length > 0 ? refused : null,
  };
}

function unverifiedOf({ file }: Scheme, report: Report): Assessment['unverified'] {
  const source =
    file.source.unverified === undefined ? [] : [{ path: 'source', note: file.source.unverified }];
  return [...source, ...report.unverified.values()];
}

/** Each interruption under the version in force on the local date it began. A case without any is put to the newest. */
function byVersion(
  { versions }: Scheme,
  interruptions: readonly CaseInterruption[],
  zone: string,
  report: Report,
): ReadonlyMap<SchemeVersion, readonly CaseInterruption[]> {
  const found = new Map<SchemeVersion, CaseInterruption[]>();
  for (const one of interruptions) {
    const date = localDate(one.from, zone);
    const version = versions.find(({ from, to }) => from <= date && (to === null || date <= to));
    if (version === undefined) {
      const path = `interruptions/${one.id}/from`;
      report.refused.set(path, { path, code: 'no_version_in_force' });
      continue;
    }
    const own = found.get(version);
    if (own === undefined) found.set(version, [one]);
    else own.push(one);
  }
  const newest = versions.toSorted((a, b) => (a.from < b.from ? 1 : -1))[0];
  if (interruptions.length === 0 && newest !== undefined) found.set(newest, []);
  return found;
}

function assessRule(
  scheme: Scheme,
  rule: Rule,
  given: AssessCase,
  interruptions: readonly CaseInterruption[],
  zone: string,
  report: Report,
): Sum {
  const scopeOf = (at: number, rest: Partial<Scope>): Scope => ({
    scheme: scheme.file,
    case: given,
    zone,
    rule: rule.id,
    part: null,
    date: localDate(at, zone),
    month: localMonth(at, zone),
    interruption: null,
    pieces: [],
    steps: new Map(),
    report,
    ...rest,
  });
  const counted = countTime(rule, interruptions, given.at, (one) =>
    scopeOf(one.from, { interruption: one, part: one.id }),
  );
  const parts = partsOf(rule.per, counted, zone);
  report.added_ms = 0;
  const amounts = parts.map((part) => {
    const from = Math.min(...part.pieces.map((piece) => piece.from));
    return amountOf(
      rule,
      scopeOf(from, {
        part: part.name,
        month: part.month,
        pieces: part.pieces,
        interruption: part.interruption,
      }),
    );
  });
  const whole = scopeOf(given.at, {});
  traceMinutes(rule, counted, parts, whole);
  const exact = amounts.reduce((all, amount) => all.add(amount), NOTHING);
  const rounded = rule.round.at === 'rule' ? roundedBy(rule, exact, whole) : exact;
  const owed = moneyOf(rounded, scheme.file.currency, rule.round.mode);
  if (owed.minor <= 0)
    return { money: money(0, owed.currency), entitlements: [], notOwed: reasonsOf(rule, counted) };
  traced(whole, `${rule.path}/payee`, 'payee', [], rule.payee(whole));
  const due = dueOf(
    rule,
    counted.filter(({ pieces }) => pieces.length > 0),
    whole,
  );
  return {
    money: owed,
    entitlements: [{ rule: rule.id, amount: moneyText(owed).amount, due, payer: rule.payer }],
    notOwed: [],
  };
}

function amountOf(rule: Rule, scope: Scope): Fraction {
  rule.steps.forEach(({ name, is }, i) => {
    const value = is(scope);
    scope.steps.set(name, value);
    traced(scope, `${rule.path}/steps/${i}`, 'step', [name], value);
  });
  const amount = numberOf(rule.amount, scope, `${rule.path}/amount`);
  traced(scope, `${rule.path}/amount`, 'amount', [], amount);
  return rule.round.at === 'part' ? roundedBy(rule, amount, scope) : amount;
}

function roundedBy(rule: Rule, amount: Fraction, scope: Scope): Fraction {
  const { unit, mode } = rule.round;
  const rounded = roundToUnit(amount, unit, mode);
  traced(scope, `${rule.path}/round`, 'round', [textOf(amount), textOf(unit), mode], rounded);
  return rounded;
}

/** Ledger minutes are counted plus excluded; what a rule adds (started days and periods) stands beside them. */
function traceMinutes(rule: Rule, counted: readonly Counted[], parts: readonly Part[], whole: Scope): void {
  for (const { interruption, ledger, pieces, excluded } of counted) {
    const scope = { ...whole, part: interruption.id };
    const reasons = excluded.map(({ reason, ms }) => `${reason} ${minutesText(ms)}`);
    traced(scope, rule.path, 'ledger_minutes', [], minutesText(ledger.to - ledger.from));
    traced(scope, rule.path, 'counted_minutes', reasons, minutesText(elapsed_ms(pieces)));
  }
  if (parts.length > 0) traced(whole, rule.path, 'added_minutes', [], minutesText(whole.report.added_ms));
}

function reasonsOf(rule: Rule, counted: readonly Counted[]): Sum['notOwed'] {
  const reasons = new Set(counted.flatMap(({ excluded }) => excluded.map(({ reason }) => reason)));
  if (counted.length === 0) reasons.add('no_interruption');
  if (reasons.size === 0) reasons.add('amount_is_zero');
  return [...reasons].map((reason) => ({ rule: rule.id, reason }));
}

function dueOf(rule: Rule, counted: readonly Counted[], scope: Scope): string | null {
  if (rule.dueDays === null || counted.some(({ interruption }) => interruption.to === null)) return null;
  const days = rule.dueDays(scope);
  if (!(days instanceof Fraction)) {
    refuse(scope, `${rule.path}/due/days`, 'not_a_number');
    return null;
  }
  const last = Math.max(...counted.map(({ ledger }) => ledger.to));
  return plusDays(localDate(last, scope.zone), Number(floorOf(days)));
}
