import { createHash } from 'node:crypto';
import { type Claim, type ClaimKey, keyText } from '../core/claims/claim.ts';
import { reconcileClaims } from '../core/claims/reconcile.ts';
import type { Finding } from '../core/claims/renew.ts';
import { entriesOfClaim } from '../core/fund/entries-of-claim.ts';
import type { MoneyWrite, StoredClaim } from '../core/ports/money-store.ts';
import type { AuditEntry } from '../core/ports/people.ts';
import type { Stores } from '../core/ports/stores.ts';
import { localDate } from '../core/units/calendar.ts';
import type { Instant } from '../core/units/time.ts';

const BY = 'settlement';
const PAGE = 1_000;
/** Premises in one transaction. */
const AT_ONCE = 500;
/** Times somebody else may decide on the same claims meanwhile. */
const ATTEMPTS = 20;

export type ClaimStores = Pick<Stores, 'claims' | 'money'>;

export interface ClaimGround {
  readonly site: string;
  readonly timeZone: string;
  readonly incident: string;
  readonly at: Instant;
}

/** All claims of an incident. */
export async function claimsOfIncident(
  stores: Pick<Stores, 'claims'>,
  site: string,
  incident: string,
): Promise<readonly StoredClaim[]> {
  const all: StoredClaim[] = [];
  for (let before: { at: Instant; id: string } | undefined; ; ) {
    const page = await stores.claims.list({
      site,
      incident,
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    });
    all.push(...page);
    const last = page.at(-1)?.claim;
    if (last === undefined || page.length < PAGE) return all;
    before = { at: last.openedAt, id: last.id };
  }
}

/**
 * Brings the claims of an incident to what was just assessed; resolves with how many changed. Names of claims follow from
 * what they are about, so that a repetition after a kill changes nothing.
 */
export async function bringClaimsUpToDate(
  stores: ClaimStores,
  ground: ClaimGround,
  findings: readonly Finding[],
): Promise<number> {
  const wanted = byPremises(findings, ({ key }) => key.premises);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await claimsOfIncident(stores, ground.site, ground.incident);
    const known = byPremises(stored, ({ claim }) => claim.premises);
    const { settings, version } = await stores.money.settings(ground.site);
    const premises = [...new Set([...wanted.keys(), ...known.keys()])].sort();
    const changes = premises.flatMap((id) => {
      const own = known.get(id) ?? [];
      const claims = own.map(({ claim }) => claim);
      const changed = reconcileClaims(claims, wanted.get(id) ?? [], settings, ground.at, idOf(ground.site));
      return changed.map((claim) => ({ claim, was: own.find((one) => one.claim.id === claim.id) ?? null }));
    });
    if (changes.length === 0) return 0;
    if (await commitAll(stores, ground, changes, version)) return changes.length;
  }
  throw new Error(`the claims of ${ground.incident} are decided on faster than they can be renewed`);
}

interface Change {
  readonly claim: Claim;
  readonly was: StoredClaim | null;
}

/** False when something changed meanwhile: what was committed stands, the rest is worked out anew. */
async function commitAll(
  stores: ClaimStores,
  ground: ClaimGround,
  changes: readonly Change[],
  settingsVersion: number,
): Promise<boolean> {
  for (let from = 0; from < changes.length; from += AT_ONCE) {
    const outcome = await stores.money.commit(
      writeOf(ground, changes.slice(from, from + AT_ONCE), settingsVersion),
    );
    if (outcome !== 'done') return false;
  }
  return true;
}

function writeOf(ground: ClaimGround, changes: readonly Change[], settingsVersion: number): MoneyWrite {
  const yearOf = (at: Instant) => Number(localDate(at, ground.timeZone).slice(0, 4));
  return {
    site: ground.site,
    at: ground.at,
    settingsVersion,
    request: null,
    claims: changes.map(({ claim, was }) => ({ claim, version: was?.version ?? 0 })),
    entries: changes.flatMap(({ claim, was }) => entriesOfClaim(was?.claim ?? null, claim, yearOf)),
    // What it enters gives to the fund or notes a recourse: nothing to be refused.
    bounds: { limit_minor: 0, year: yearOf(ground.at), budget_minor: null },
    batch: null,
    payouts: [],
    audit: auditOf(ground, changes),
    notices: [],
  };
}

/** Running estimates come and go; what has left that state is on the record. */
function auditOf({ site, at, incident }: ClaimGround, changes: readonly Change[]): readonly AuditEntry[] {
  const told = changes.filter(
    ({ claim, was }) => claim.state !== 'estimated' || (was?.claim.state ?? claim.state) !== 'estimated',
  );
  if (told.length === 0) return [];
  const detail = told.map(({ claim: { id, state, amount_minor, evidence } }) => ({
    id,
    state,
    amount_minor,
    evidence,
  }));
  return [{ site, at, by: BY, action: 'claims.assessed', subject: incident, detail }];
}

function idOf(site: string): (key: ClaimKey, ordinal: number) => string {
  return (key, ordinal) => {
    const hash = createHash('sha256')
      .update(`${site}\n${keyText(key)}`)
      .digest('hex')
      .slice(0, 24);
    return `c-${hash}-${ordinal}`;
  };
}

function byPremises<T>(
  items: readonly T[],
  premisesOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const own = found.get(premisesOf(item));
    if (own === undefined) found.set(premisesOf(item), [item]);
    else own.push(item);
  }
  return found;
}
