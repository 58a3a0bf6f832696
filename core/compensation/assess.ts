import { fractionOf, isCountable, moneyOf, moneyText } from '../units/money.ts';
import { assessVersion, type Outcome } from './assess-version.ts';
import type { AssessCase, Assessment } from './case.ts';
import type { Scheme } from './compiled.ts';
import { newReport, type Report, type Scope, type Settled } from './scope.ts';
import { NOTHING } from './values.ts';
import { versionsOf } from './versions.ts';

/**
 * Says what a scheme owes one premises for its interruptions. Amounts are exact until a rule's own rounding; every step is
 * in the trace. When an input is missing or makes no sense nothing is owed and `refused` lists all that must be mended.
 */
export function assess(scheme: Scheme, given: AssessCase): Assessment {
  const report = newReport();
  const zone = scheme.file.timeZone ?? given.timeZone;
  if (zone === null) {
    report.refused.set('timeZone', { path: 'timeZone', code: 'missing_input' });
    return resultOf(scheme, [], report);
  }
  const versions = versionsOf(scheme, given, zone, report);
  // What was paid for an interruption, and under a limit, holds over all versions; what a rule owes is its version's.
  const across: Pick<Settled, 'paidFor' | 'usedUp'> = { paidFor: new Map(), usedUp: new Map() };
  const outcomes = versions.present.map((version) => {
    const settled = { ...across, owed: new Map(), due: new Map() };
    return assessVersion(version, versions, wholeScope(scheme, given, zone, settled, report));
  });
  return resultOf(scheme, outcomes, report);
}

function wholeScope(
  scheme: Scheme,
  given: AssessCase,
  zone: string,
  settled: Settled,
  report: Report,
): Scope {
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
    settled,
    report,
  };
}

function resultOf(scheme: Scheme, outcomes: readonly Outcome[], report: Report): Assessment {
  const { currency } = scheme.file;
  const sum = outcomes
    .flatMap(({ amounts }) => amounts)
    .reduce((all, one) => all.add(fractionOf(one)), NOTHING);
  if (!isCountable(sum, currency)) report.refused.set('total', { path: 'total', code: 'out_of_range' });
  const refused = [...report.refused.values()];
  const sound = refused.length > 0 ? [] : outcomes;
  const total = moneyOf(refused.length > 0 ? NOTHING : sum, currency, 'down');
  return {
    entitlements: sound.flatMap((one) => one.entitlements),
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
