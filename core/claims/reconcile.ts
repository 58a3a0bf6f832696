import type { Instant } from '../units/time.ts';
import { type Claim, type ClaimKey, keyText } from './claim.ts';
import { type Finding, renewClaims } from './renew.ts';
import type { ClaimSettings } from './settings.ts';

/** The group of a claim whose assessment could not say yet who pays. */
export const NO_GROUP = '';

/**
 * All claims of one premises for one incident after an assessment: those changed and those new. A claim that waited for an
 * input becomes the first one the assessment can name; a claim the assessment knows nothing of any more owes nothing.
 */
export function reconcileClaims(
  known: readonly Claim[],
  findings: readonly Finding[],
  settings: ClaimSettings,
  at: Instant,
  newId: (key: ClaimKey, ordinal: number) => string,
): readonly Claim[] {
  const ofScheme = known.filter(({ kind }) => kind !== 'grant');
  const named = adoptWaiting(ofScheme, findings);
  const wanted = new Map(findings.map((finding) => [keyText(finding.key), finding]));
  const refused = findings.find(({ key, assessed }) => key.group === NO_GROUP && assessed.needs.length > 0);
  const keys = new Map<string, ClaimKey>([
    ...named.map((claim) => [keyText(claim), keyOf(claim)] as const),
    ...findings.map(({ key }) => [keyText(key), key] as const),
  ]);
  return [...keys].flatMap(([text, key]) => {
    const own = named.filter((claim) => keyText(claim) === text).sort((a, b) => a.ordinal - b.ordinal);
    const finding = wanted.get(text) ?? (refused === undefined ? nothingOwed(own) : waiting(own, refused));
    if (finding === null) return [];
    return renewClaims(own, finding, settings, at, (ordinal) => newId(key, ordinal));
  });
}

function adoptWaiting(known: readonly Claim[], findings: readonly Finding[]): readonly Claim[] {
  const taken = new Set(known.map(keyText));
  const free = findings.find(({ key }) => key.group !== NO_GROUP && !taken.has(keyText(key)));
  const waits = known.find(
    (claim) =>
      claim.group === NO_GROUP &&
      claim.state === 'estimated' &&
      free !== undefined &&
      keyText({ ...claim, group: free.key.group }) === keyText(free.key),
  );
  if (free === undefined || waits === undefined) return known;
  return known.map((claim) => (claim === waits ? { ...claim, ...free.key } : claim));
}

function nothingOwed(own: readonly Claim[]): Finding | null {
  const last = own.at(-1);
  if (last === undefined) return null;
  const trace = [{ rule: '', path: '', op: 'voided', inputs: [], value: '0' }];
  const assessed = { ...last, total_minor: 0, minutes: 0, needs: [], trace };
  return { ...findingOf(last), assessed: pickAssessed(assessed), endedAt: last.endedAt ?? last.openedAt };
}

/** The assessment cannot be made: an unpaid claim waits, with what it needs. */
function waiting(own: readonly Claim[], { assessed, endedAt }: Finding): Finding | null {
  const last = own.at(-1);
  if (last === undefined) return null;
  const { needs, trace, evidence } = assessed;
  const told = pickAssessed({ ...last, total_minor: last.basis_minor, needs, trace, evidence });
  return { ...findingOf(last), assessed: told, endedAt };
}

function findingOf(claim: Claim): Omit<Finding, 'assessed' | 'endedAt'> {
  return { site: claim.site, key: keyOf(claim), customerClass: claim.customerClass };
}

function keyOf({ incident, premises, scheme, version, group }: ClaimKey): ClaimKey {
  return { incident, premises, scheme, version, group };
}

function pickAssessed(given: Finding['assessed']): Finding['assessed'] {
  const { total_minor, currency, minutes, due, payer, payee, recourse } = given;
  const { unverified, needs, trace, evidence } = given;
  return { total_minor, currency, minutes, due, payer, payee, recourse, unverified, needs, trace, evidence };
}
