import { fractionOf, money, moneyText, parseMoney } from '../units/money.ts';
import type { PeriodName } from '../units/periods.ts';
import { assess } from './assess.ts';
import type { AssessCase, Assessment, CaseInterruption, Entitlement } from './case.ts';
import type { Per, Scheme } from './compiled.ts';
import { textOf } from './values.ts';

const DAY_MS = 86_400_000;
/** The longest a period can be, in days. */
const LONGEST: Readonly<Record<PeriodName, number>> = {
  day: 1,
  month: 31,
  quarter: 92,
  half_year: 184,
  year: 366,
};

/**
 * How long before an incident others may still matter to what it is owed: windows, periods, limits and groups over a time. 0: each
 * incident is owed what it is owed alone.
 */
export function lookBackOf({ versions }: Scheme): number {
  const days = versions.flatMap(({ rules, limits, groups }) => [
    ...rules.map(({ per }) => daysOf(per)),
    ...[...limits, ...groups].map(({ per }) => (typeof per === 'string' ? 0 : LONGEST[per.period])),
  ]);
  const most = Math.max(0, ...days);
  // A day more, for the hour that a change of the clock may add.
  return most === 0 ? 0 : (most + 1) * DAY_MS;
}

function daysOf(per: Per): number {
  if (per.kind === 'period') return LONGEST[per.rule.period];
  if (per.kind !== 'window') return 0;
  switch (per.window.kind) {
    case 'days':
      return per.window.count;
    case 'months':
      return per.window.count * LONGEST.month;
    case 'year':
      return LONGEST.year;
  }
}

export function looksAcross(scheme: Scheme): boolean {
  return lookBackOf(scheme) > 0;
}

/**
 * What is owed for some interruptions beyond what the earlier ones came to: the assessment of all of them, with the amounts of the
 * earlier ones by themselves taken off rule by rule. So a limit over a month holds over all its incidents, and what they are
 * owed one after the other sums to what they are owed together.
 */
export function assessFurther(
  scheme: Scheme,
  given: AssessCase,
  earlier: readonly CaseInterruption[],
): Assessment {
  if (earlier.length === 0 || !looksAcross(scheme)) return assess(scheme, given);
  const all = assess(scheme, { ...given, interruptions: [...earlier, ...given.interruptions] });
  const before = assess(scheme, { ...given, interruptions: earlier });
  if (all.refused !== null || before.refused !== null)
    return {
      ...all,
      refused: all.refused ?? before.refused,
      entitlements: [],
      total: moneyText(money(0, all.total.currency)),
    };
  const entitlements = withoutPaid(all.entitlements, before.entitlements, all.total.currency);
  const { currency } = all.total;
  const minor = entitlements.reduce((sum, { amount }) => sum + minorOf(amount, currency), 0);
  const line = {
    rule: '',
    path: 'total',
    op: 'already_owed',
    inputs: [all.total.amount, before.total.amount],
    value: textOf(fractionOf(money(minor, currency))),
  };
  return { ...all, entitlements, total: moneyText(money(minor, currency)), trace: [...all.trace, line] };
}

/** Never less than nothing: what grew elsewhere is not taken back here. */
function withoutPaid(
  all: readonly Entitlement[],
  before: readonly Entitlement[],
  currency: string,
): readonly Entitlement[] {
  const paid = new Map<string, number>();
  for (const one of before) paid.set(keyOf(one), (paid.get(keyOf(one)) ?? 0) + minorOf(one.amount, currency));
  return all.flatMap((one) => {
    const own = minorOf(one.amount, currency);
    const taken = Math.min(own, paid.get(keyOf(one)) ?? 0);
    paid.set(keyOf(one), (paid.get(keyOf(one)) ?? 0) - taken);
    return own === taken ? [] : [{ ...one, amount: moneyText(money(own - taken, currency)).amount }];
  });
}

function keyOf({ rule, payer, payee = '', recourse = '' }: Entitlement): string {
  return `${rule} ${payer} ${payee} ${recourse}`;
}

function minorOf(amount: string, currency: string): number {
  return parseMoney(amount, currency)?.minor ?? 0;
}
