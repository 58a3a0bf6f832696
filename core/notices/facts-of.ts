import { affectedIndex } from '../incidents/affected-index.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Estimate } from '../ports/estimate-store.ts';
import type { NetworkNode, Premises, Site } from '../topology/site.ts';
import { money, moneyText } from '../units/money.ts';
import {
  type CauseWording,
  type DispatchFacts,
  incidentNumber,
  type Language,
  type NoticeEstimate,
  type NoticeFacts,
} from './facts.ts';
import type { Owed, TemplateStage } from './notice.ts';

/** The parts of a site that messages look up, by id; made once per version of the site. */
export interface SiteIndex {
  readonly site: Site['site'];
  readonly nodes: ReadonlyMap<string, NetworkNode>;
  readonly premises: ReadonlyMap<string, Premises>;
  readonly unitsOf: ReadonlyMap<string, readonly string[]>;
}

export function indexSite(site: Site): SiteIndex {
  const unitsOf = new Map<string, string[]>();
  for (const node of site.nodes) {
    if (node.premises === undefined) continue;
    const units = unitsOf.get(node.premises);
    if (units === undefined) unitsOf.set(node.premises, [node.id]);
    else units.push(node.id);
  }
  return {
    site: site.site,
    nodes: new Map(site.nodes.map((node) => [node.id, node])),
    premises: new Map(site.premises.map((premises) => [premises.id, premises])),
    unitsOf,
  };
}

/** What a message about an incident says to one recipient, from the incident as it now stands. */
export function factsOf(
  delivery: Pick<Owed<TemplateStage>, 'stage' | 'audience' | 'premises' | 'revision'>,
  language: Language,
  index: SiteIndex,
  incident: Incident,
  estimates: readonly Estimate[],
  dispatch: DispatchFacts | null = null,
  more: Pick<NoticeFacts, 'credit' | 'link'> = {},
): NoticeFacts {
  const own = new Set(delivery.premises.flatMap((premises) => index.unitsOf.get(premises) ?? []));
  const { byNode, dark } = affectedIndex(incident);
  const affected = [...own].flatMap((node) => byNode.get(node) ?? []);
  const spell = spellOf(incident, affected);
  return {
    stage: delivery.stage,
    audience: delivery.audience,
    language,
    revision: delivery.revision,
    number: incidentNumber(incident.id),
    siteName: index.site.name,
    timeZone: index.site.timeZone,
    phone: index.site.phone ?? null,
    simulated: index.site.simulated,
    building: buildingOf(delivery.premises, index),
    premises: delivery.premises,
    stillAffected: affected.length > 0 && incident.state !== 'retracted',
    kind: incident.kind,
    cause: causeOf(incident, index),
    phases: incident.phases,
    root: index.nodes.get(incident.root)?.name ?? incident.root,
    unitsAffected: incident.affected.length,
    unitsDark: dark,
    ...spell,
    explanation: incident.explanation[language],
    estimate: estimateOf(estimates.filter((estimate) => delivery.premises.includes(estimate.premises))),
    dispatch,
    ...(incident.eta === undefined ? {} : { eta: incident.eta }),
    ...more,
  };
}

/** An owner's own spell where the incident lists their units; the incident's for everybody else. */
function spellOf(
  incident: Incident,
  own: Incident['affected'],
): { onset: number; restoredAt: number | null } {
  if (own.length === 0) return { onset: incident.onset, restoredAt: incident.restoredAt };
  const ends = own.map((unit) => unit.to).filter((to) => to !== null);
  return {
    onset: Math.min(...own.map((unit) => unit.from)),
    restoredAt: ends.length === own.length ? Math.max(...ends) : incident.restoredAt,
  };
}

export function buildingOf(premises: readonly string[], index: SiteIndex): string | null {
  const buildings = new Set(premises.map((id) => index.premises.get(id)?.building ?? null));
  const [only = null] = buildings;
  return buildings.size === 1 ? only : null;
}

export function causeOf(incident: Incident, index: SiteIndex): CauseWording {
  if (incident.planned !== null) return 'planned';
  if (incident.cause !== undefined) return incident.cause;
  if (incident.overrunOf !== undefined) return 'overrun';
  if (index.nodes.get(incident.root)?.kind === 'feed') return 'public_supply';
  return incident.kind === 'partial' ? 'phase_missing' : 'property_supply';
}

/** Null when there is nothing to say in money: no estimate, a refused one, or two currencies. */
export function estimateOf(estimates: readonly Estimate[]): NoticeEstimate | null {
  const [first] = estimates;
  if (first === undefined) return null;
  if (estimates.some((estimate) => estimate.refused !== null || estimate.currency !== first.currency))
    return null;
  const minor = estimates.reduce((sum, estimate) => sum + estimate.amount_minor, 0);
  return {
    amount: moneyText(money(minor, first.currency)),
    minutes: Math.max(...estimates.map((estimate) => estimate.minutes)),
    final: estimates.every((estimate) => estimate.state === 'final'),
  };
}
