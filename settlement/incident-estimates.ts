import type { AssessCase, Attribution, CaseInterruption } from '../core/compensation/case.ts';
import { toldFacts } from '../core/compensation/case-facts.ts';
import { caseOf, partUnder, schemeInForce } from '../core/compensation/case-of.ts';
import type { Scheme } from '../core/compensation/compiled.ts';
import { assessFurther, lookBackOf } from '../core/compensation/further.ts';
import type { Incident } from '../core/incidents/incident.ts';
import type { Interruption } from '../core/interruptions/interruption.ts';
import type { Estimate } from '../core/ports/estimate-store.ts';
import type { Premises, SchemeChoice, Site } from '../core/topology/site.ts';
import { localDate } from '../core/units/calendar.ts';
import { parseMoney } from '../core/units/money.ts';
import type { Instant } from '../core/units/time.ts';
import { type AssessedPremises, findingsOf } from './claim-findings.ts';
import type { SettlementDeps } from './deps.ts';
import { createLedgerByIncident, earlierThan, laterThan, presumedIn } from './earlier-parts.ts';
import { bringClaimsUpToDate, claimsOfIncident } from './incident-claims.ts';
import { ledgerPages } from './ledger-pages.ts';
import { createKnownFacts, type KnownFacts } from './told-facts.ts';

/** Assessments in one turn: a whole compound must not hold up the process. */
const AT_ONCE = 20;

/** What every estimate of one incident shares. */
interface Ground {
  readonly site: Site;
  readonly incident: Incident;
  readonly scheme: Scheme;
  readonly choice: SchemeChoice;
  readonly attribution: Attribution;
  readonly at: Instant;
}

/** What is known about one premises beside the incident. */
interface Known {
  readonly told: KnownFacts;
  readonly earlier: readonly CaseInterruption[];
  readonly appliedOn: string | null;
}

/**
 * Brings the estimates of one incident up to date. The same ground gives the same estimates. Resolves with the later incidents
 * whose amounts rest on those that changed: a limit over a month serves the earlier one first.
 */
export function createIncidentEstimates(
  deps: SettlementDeps,
): (site: string, incident: string) => Promise<readonly string[]> {
  const knownFacts = createKnownFacts(deps);
  const ledgerByIncident = createLedgerByIncident(deps.incidents);

  async function interruptionsOf(site: string, incident: string): Promise<readonly Interruption[]> {
    const all: Interruption[] = [];
    for await (const page of ledgerPages(deps.incidents, { site, incident })) all.push(...page);
    return all;
  }

  function groundOf(site: Site, incident: Incident): Ground | null {
    const choice = schemeInForce(site.site, incident.onset);
    if (choice === null) return null;
    const scheme = deps.schemes.get(choice.id);
    if (scheme === undefined) {
      deps.telemetry.count('relight_estimates_without_scheme_total');
      deps.log.error('a site has chosen a scheme that does not exist', {
        site: site.site.id,
        scheme: choice.id,
      });
      return null;
    }
    return {
      site,
      incident,
      scheme,
      choice,
      attribution: presumedIn(site, incident),
      at: deps.clock.now(),
    };
  }

  async function claim(
    { site, incident, scheme, at }: Ground,
    assessed: readonly AssessedPremises[],
  ): Promise<void> {
    const { id, timeZone } = site.site;
    const on = localDate(incident.onset, timeZone);
    const findings = assessed.flatMap((one) => findingsOf(one, scheme, on));
    await bringClaimsUpToDate(deps, { site: id, timeZone, incident: incident.id, at }, findings);
  }

  /** The date each owner applied on, by premises. */
  async function applicationsOf(site: string, incident: string): Promise<ReadonlyMap<string, string>> {
    const stored = await claimsOfIncident(deps, site, incident);
    return new Map(
      stored.flatMap(({ claim: { premises, application } }) =>
        application === null ? [] : [[premises, application.date] as const],
      ),
    );
  }

  return async (siteId, incidentId) => {
    const stored = deps.sites.get(siteId);
    const incident = await deps.incidents.get(siteId, incidentId);
    const ground = stored === undefined || incident === null ? null : groundOf(stored.site, incident);
    if (stored === undefined || ground === null) return [];
    const known = await deps.estimates.ofIncident(siteId, incidentId);
    const dark = byPremises(await interruptionsOf(siteId, incidentId));
    const told = await knownFacts(stored, [...dark.keys()], incidentId);
    const applied = await applicationsOf(siteId, incidentId);
    const lookBack_ms = lookBackOf(ground.scheme);
    const since = ground.incident.onset - lookBack_ms;
    const ledger = lookBack_ms === 0 ? null : await ledgerByIncident(ground.site, [...dark.keys()], since);
    const assessed: AssessedPremises[] = [];
    for (const premises of ground.site.premises) {
      const interruptions = dark.get(premises.id);
      if (interruptions === undefined) continue;
      const earlier = earlierThan(incidentId, ledger?.get(premises.id) ?? [], lookBack_ms);
      const appliedOn = applied.get(premises.id) ?? null;
      assessed.push(estimateOf(ground, premises, interruptions, { told, earlier, appliedOn }));
      if (assessed.length % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const voided = known
      .filter(({ premises }) => !dark.has(premises))
      .map((estimate) => voidedOf(estimate, ground.at));
    const changed = [...assessed.map(({ estimate }) => estimate), ...voided].filter(
      (estimate) => !known.some((one) => sameVerdict(one, estimate)),
    );
    await deps.estimates.put(changed);
    await claim(ground, assessed);
    for (const { state, refused } of changed) {
      deps.telemetry.count('relight_estimates_total', { state: refused === null ? state : 'refused' });
    }
    return [
      ...new Set(
        changed.flatMap(({ premises }) => laterThan(incidentId, ledger?.get(premises) ?? [], lookBack_ms)),
      ),
    ];
  };
}

function estimateOf(
  ground: Ground,
  premises: Premises,
  interruptions: readonly Interruption[],
  { told, earlier, appliedOn }: Known,
): AssessedPremises {
  const { site, incident, scheme, choice, attribution, at } = ground;
  const parts = interruptions.flatMap((one) => partUnder(incident.id, one, attribution));
  const { timeZone } = site.site;
  const on = localDate(incident.onset, timeZone);
  const facts = toldFacts(scheme.file, told.standing, told.about(premises.id), on);
  const given = withApplication(caseOf(premises, parts, choice, timeZone, at, facts), scheme, appliedOn);
  const assessment = assessFurther(scheme, given, earlier);
  const { total, trace, notOwed, unverified, refused } = assessment;
  const over = incident.state !== 'open' && parts.every(({ to }) => to !== null);
  const estimate: Estimate = {
    site: site.site.id,
    incident: incident.id,
    premises: premises.id,
    scheme: choice.id,
    state: over ? 'final' : 'running',
    minutes: Math.round(minutesOf(parts, at) * 100) / 100,
    amount_minor: parseMoney(total.amount, total.currency)?.minor ?? 0,
    currency: total.currency,
    trace: [
      ...answersOf(incident, interruptions, attribution),
      ...trace,
      ...notOwed.map(({ rule, reason }) => ({ rule, path: '', op: 'not_owed', inputs: [], value: reason })),
      ...unverified.map(({ path, note }) => ({ rule: '', path, op: 'unverified', inputs: [], value: note })),
    ],
    refused,
    at,
  };
  return { estimate, given, assessment, customerClass: premises.class };
}

/** An application made here is the fact that rules paid on application ask for. */
function withApplication(given: AssessCase, { versions }: Scheme, appliedOn: string | null): AssessCase {
  if (appliedOn === null) return given;
  const names = versions.flatMap(({ rules }) => rules.flatMap(({ claim }) => claim?.applied ?? []));
  return {
    ...given,
    facts: { ...given.facts, ...Object.fromEntries(names.map((name) => [name, appliedOn])) },
  };
}

/** Who answers: presumed from the root, or what a person said, with the hash of what they showed. */
function answersOf(
  { id, root }: Incident,
  interruptions: readonly Interruption[],
  presumed: Attribution,
): Estimate['trace'] {
  const line = { rule: '', path: 'attribution' };
  const said = interruptions.flatMap((one) =>
    one.causes
      .filter(({ incident, attribution }) => incident === id && attribution !== undefined)
      .map(({ attribution = '', evidenceHash = '' }) => {
        return { ...line, part: one.id, op: 'attributed', inputs: [evidenceHash], value: attribution };
      }),
  );
  const all = interruptions.every((one) => said.some(({ part }) => part === one.id));
  return all ? said : [{ ...line, op: 'presumed', inputs: [root], value: presumed }, ...said];
}

/** The premises turned out not to have been without supply: what was estimated is taken back, not forgotten. */
function voidedOf(estimate: Estimate, at: Instant): Estimate {
  const line = { rule: '', path: '', op: 'voided', inputs: [], value: '0' };
  return { ...estimate, state: 'final', minutes: 0, amount_minor: 0, trace: [line], refused: null, at };
}

/** Apart from the instant of assessing. */
function sameVerdict(a: Estimate, b: Estimate): boolean {
  return JSON.stringify({ ...a, at: 0 }, sortedKeys(a)) === JSON.stringify({ ...b, at: 0 }, sortedKeys(a));
}

/** The same order of keys, wherever the object came from. */
function sortedKeys(estimate: Estimate): string[] {
  return [...Object.keys(estimate), 'rule', 'part', 'path', 'op', 'inputs', 'value', 'code'].sort(byCode);
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function minutesOf(parts: readonly CaseInterruption[], at: Instant): number {
  return parts.reduce((sum, { from, to }) => sum + Math.max(0, (to ?? at) - from), 0) / 60_000;
}

function byPremises(interruptions: readonly Interruption[]): ReadonlyMap<string, readonly Interruption[]> {
  const found = new Map<string, Interruption[]>();
  for (const one of interruptions) {
    if (one.premises === null) continue;
    const own = found.get(one.premises);
    if (own === undefined) found.set(one.premises, [one]);
    else own.push(one);
  }
  return found;
}
