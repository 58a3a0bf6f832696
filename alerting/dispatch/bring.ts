import { adoptEngineer, followIncident } from '../../core/dispatch/follow-incident.ts';
import { openDispatch } from '../../core/dispatch/open.ts';
import { needsDispatch, severityOf } from '../../core/dispatch/severity.ts';
import type { Incident } from '../../core/incidents/incident.ts';
import type { Site } from '../../core/topology/site.ts';
import type { DispatchChanges } from './change.ts';
import type { DispatchingDeps } from './deps.ts';

/** Brings the dispatch of an incident to where the incident stands; asked twice it does nothing the second time. */
export function createBring(
  { stores, sites, clock, newId }: DispatchingDeps,
  changes: DispatchChanges,
): (site: string, incident: string) => Promise<void> {
  async function open(site: Site, incident: Incident): Promise<void> {
    const { id } = site.site;
    const settings = await stores.staff.settings(id);
    const premisesOf = new Map(
      site.nodes.flatMap(({ id: node, premises }) => (premises === undefined ? [] : [[node, premises]])),
    );
    const dependent = await stores.people.dependentPremises(id);
    const severity = severityOf(incident, premisesOf, dependent, settings);
    const concernsOwners =
      incident.kind !== 'safety' && incident.affected.some(({ node }) => premisesOf.has(node));
    const rules = settings.rules[severity];
    const given = { id: newId(), site: id, severity, rules, concernsOwners, at: clock.now() };
    await changes.open(openDispatch(incident, given), incident);
  }

  /** The engineer of an incident that became part of another goes on to that one. */
  async function handOver(site: string, from: Incident): Promise<void> {
    if (from.mergedInto === null) return;
    const ending = await stores.dispatches.ofIncident(site, from.id);
    const into = await stores.dispatches.ofIncident(site, from.mergedInto);
    const target = await stores.incidents.get(site, from.mergedInto);
    if (ending === null || into === null || target === null) return;
    await changes.apply(into, target.root, (dispatch) => {
      const adopted = adoptEngineer(dispatch, ending.dispatch, clock.now());
      return adopted === dispatch ? null : { dispatch: adopted };
    });
  }

  return async (siteId, incidentId) => {
    const site = sites.get(siteId)?.site;
    const incident = await stores.incidents.get(siteId, incidentId);
    if (site === undefined || incident === null) return;
    const stored = await stores.dispatches.ofIncident(siteId, incidentId);
    if (stored === null) {
      if (needsDispatch(incident)) await open(site, incident);
      return;
    }
    if (incident.state === 'merged') await handOver(siteId, incident);
    await changes.apply(stored, incident.root, (dispatch) => {
      const after = followIncident(dispatch, incident, clock.now());
      return after === dispatch ? null : { dispatch: after };
    });
  };
}
