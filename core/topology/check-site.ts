import type { Fault } from '../units/fault.ts';
import { checkFacts } from './check-facts.ts';
import { checkIds, warnSharedClients } from './check-ids.ts';
import { checkLinks } from './check-links.ts';
import { warnPremises } from './check-premises.ts';
import { checkReferences } from './check-references.ts';
import { checkSupply } from './check-supply.ts';
import type { Site } from './site.ts';
import type { Located, SiteDraft } from './site-draft.ts';

/** Every fault in the meaning of a site (DESIGN 4.1), all at once; the cost is linear in the size of the site. */
export function checkDraft(draft: SiteDraft): { faults: Fault[]; warnings: Fault[] } {
  const supply = checkSupply(draft);
  const links = checkLinks(draft);
  return {
    faults: [
      ...checkFacts(draft),
      ...checkIds(draft),
      ...checkReferences(draft),
      ...supply.faults,
      ...links.faults,
    ],
    warnings: [...warnSharedClients(draft), ...supply.warnings, ...links.warnings, ...warnPremises(draft)],
  };
}

/** The same for a whole site in hand, such as one with nodes changed by a command. */
export function checkSite(site: Site): { faults: Fault[]; warnings: Fault[] } {
  const nodes = locate('nodes', site.nodes);
  const ties = locate('ties', site.ties);
  const transfers = locate('transfers', site.transfers);
  const gateways = locate('gateways', site.gateways);
  const devices = locate('devices', site.devices);
  const premises = locate('premises', site.premises);
  const draft: SiteDraft = {
    facts: { path: '/site', value: site.site },
    nodes,
    ties,
    transfers,
    gateways,
    devices,
    premises,
    claims: {
      nodes: nodes.map(claim),
      ties: ties.map(claim),
      transfers: transfers.map(claim),
      gateways: gateways.map(claim),
      devices: devices.map(claim),
      premises: premises.map(claim),
    },
  };
  return checkDraft(draft);
}

function locate<T>(section: string, values: readonly T[]): Located<T>[] {
  return values.map((value, i) => ({ path: `/${section}/${i}`, value }));
}

function claim({ path, value }: Located<{ readonly id: string }>): { id: string; path: string } {
  return { id: value.id, path };
}
