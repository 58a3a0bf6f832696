import { createHash } from 'node:crypto';
import type { Assessed, ClaimKey, Missing } from '../core/claims/claim.ts';
import { NO_GROUP } from '../core/claims/reconcile.ts';
import type { Finding } from '../core/claims/renew.ts';
import type { AssessCase, Assessment, Entitlement } from '../core/compensation/case.ts';
import type { Scheme } from '../core/compensation/compiled.ts';
import type { Estimate } from '../core/ports/estimate-store.ts';
import { parseMoney } from '../core/units/money.ts';

/** One premises as it was just assessed. */
export interface AssessedPremises {
  readonly estimate: Estimate;
  readonly given: AssessCase;
  readonly assessment: Assessment;
  readonly customerClass: string;
}

/** What an assessment entitles to, by who pays whom; one finding without a group where it says what is missing. */
export function findingsOf(
  one: AssessedPremises,
  { file, versions }: Scheme,
  on: string,
): readonly Finding[] {
  const { estimate, given, assessment, customerClass } = one;
  const { site, incident, premises } = estimate;
  const version = versions.find(({ from, to }) => from <= on && (to === null || on <= to))?.from ?? on;
  const ends = given.interruptions.flatMap(({ to }) => (to === null ? [] : [to]));
  const endedAt = estimate.state === 'final' ? Math.max(...ends) : null;
  const shared = { site, customerClass, endedAt };
  const keyOf = (group: string): ClaimKey => ({ incident, premises, scheme: file.id, version, group });
  const common = {
    currency: estimate.currency,
    minutes: estimate.minutes,
    trace: estimate.trace,
    evidence: evidenceOf(given, file.id, version),
  };
  const needs = needsOf(assessment);
  if (needs.length > 0) {
    const assessed: Assessed = { ...common, ...NOBODY, total_minor: 0, needs };
    return [{ ...shared, key: keyOf(NO_GROUP), assessed }];
  }
  return [...byGroup(assessment.entitlements)].map(([group, entitlements]) => {
    return {
      ...shared,
      key: keyOf(group),
      assessed: { ...common, ...assessedOf(entitlements, common.currency) },
    };
  });
}

const NOBODY = { due: null, payer: '', payee: null, recourse: null, unverified: [] };

/** An input nobody has given, or an application nobody has made. */
function needsOf({ refused, entitlements, notOwed }: Assessment): readonly Missing[] {
  if (refused !== null) return refused;
  const asked = notOwed.some(({ reason }) => reason === 'not_applied');
  return entitlements.length === 0 && asked ? [{ path: 'application', code: 'not_applied' }] : [];
}

function assessedOf(entitlements: readonly Entitlement[], currency: string) {
  const [first] = entitlements;
  const dues = entitlements.flatMap(({ due }) => due ?? []).sort();
  return {
    total_minor: entitlements.reduce(
      (sum, { amount }) => sum + (parseMoney(amount, currency)?.minor ?? 0),
      0,
    ),
    due: dues[0] ?? null,
    payer: first?.payer ?? '',
    payee: first?.payee ?? null,
    recourse: first?.recourse ?? null,
    unverified: [...new Set(entitlements.flatMap(({ unverified = [] }) => unverified))],
    needs: [],
  };
}

function byGroup(entitlements: readonly Entitlement[]): ReadonlyMap<string, readonly Entitlement[]> {
  const groups = new Map<string, Entitlement[]>();
  for (const one of entitlements) {
    const name = [one.payer, one.payee ?? '', one.recourse ?? ''].join('>');
    const own = groups.get(name);
    if (own === undefined) groups.set(name, [one]);
    else own.push(one);
  }
  return groups;
}

/** The same ground gives the same hash, whenever it is assessed. */
function evidenceOf({ at: _, ...ground }: AssessCase, scheme: string, version: string): string {
  return createHash('sha256')
    .update(JSON.stringify([scheme, version, ground]))
    .digest('hex');
}
