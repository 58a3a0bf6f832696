import type { Fault } from '../units/fault.ts';
import { checkFacts } from './check-facts.ts';
import { checkIds, warnSharedClients } from './check-ids.ts';
import { checkLinks } from './check-links.ts';
import { warnPremises } from './check-premises.ts';
import { checkReferences } from './check-references.ts';
import { checkSupply } from './check-supply.ts';
import type { SiteDraft } from './site-draft.ts';

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
