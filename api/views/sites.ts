import type { NodeStateView, SiteSummary, SiteView } from '../../contracts/http/sites.ts';
import type { NodeState } from '../../core/incidents/engine.ts';
import type { StoredSite } from '../../core/ports/site-store.ts';
import { toIso } from '../../core/units/time.ts';

export function siteSummary({ site, version }: StoredSite, openIncidents: number): SiteSummary {
  const { id, name, simulated, timeZone, currency } = site.site;
  const units = site.nodes.filter((node) => node.kind === 'unit').length;
  return {
    id,
    name,
    version,
    simulated,
    timeZone,
    currency,
    units,
    devices: site.devices.length,
    openIncidents,
  };
}

/** The site without its people. */
export function siteView(stored: StoredSite, states: readonly NodeState[], seq: number): SiteView {
  const { site } = stored;
  const { id, name, simulated, timeZone, currency, nominal_v } = site.site;
  return {
    id,
    name,
    version: stored.version,
    savedAt: toIso(stored.savedAt),
    simulated,
    timeZone,
    currency,
    nominal_v,
    nodes: site.nodes.map((node) => ({ ...node })),
    ties: site.ties.map((tie) => ({ ...tie, ends: [...tie.ends] })),
    transfers: site.transfers.map((transfer) => ({ ...transfer })),
    gateways: site.gateways.map((gateway) => ({ ...gateway })),
    premises: site.premises.map(({ owner: _owner, occupant: _occupant, ...facts }) => facts),
    states: states.map(stateView),
    seq,
  };
}

export function stateView({ node, state, incident }: NodeState): NodeStateView {
  return { node, state, incident };
}
