import { isDependent } from '../core/people/profile.ts';
import { quietUntil, wakes } from '../core/people/quiet-hours.ts';
import type { ClaimedDelivery } from '../core/ports/outbox.ts';
import type { Instant } from '../core/units/time.ts';
import type { AlertingDeps } from './deps.ts';
import { createOvertaken } from './overtaken.ts';

/** The error word of a delivery that waits for the morning. */
const HELD = 'quiet_hours';

/**
 * later: the person wants no messages at this hour. overtaken: it was held, and what it says is no longer so. Staff on duty
 * have no quiet hours.
 */
export type Quiet =
  | { readonly now: 'send' | 'overtaken' }
  | { readonly now: 'later'; readonly until: Instant; readonly error: string };

export function createQuiet({
  stores,
  sites,
  clock,
}: Pick<AlertingDeps, 'stores' | 'sites' | 'clock'>): (claimed: ClaimedDelivery) => Promise<Quiet> {
  /** Somebody who slept through an outage need not read in the morning that it has begun. */
  async function isOver({ delivery }: ClaimedDelivery): Promise<boolean> {
    if (delivery.stage !== 'lost' && delivery.stage !== 'changed') return false;
    const incident = await stores.incidents.get(delivery.site, delivery.subject);
    return incident !== null && incident.state !== 'open';
  }

  const wasOvertaken = createOvertaken({ stores });

  return async (claimed) => {
    const { delivery, profile } = claimed;
    if (await wasOvertaken(delivery)) return { now: 'overtaken' };
    const zone = sites.get(delivery.site)?.site.site.timeZone;
    if (delivery.audience === 'staff' || profile.quiet === null || zone === undefined) return { now: 'send' };
    const until = quietUntil(profile.quiet, zone, clock.now());
    const held = until !== null && !wakes(delivery.stage, isDependent(profile));
    if (held) return { now: 'later', until, error: HELD };
    return { now: delivery.error === HELD && (await isOver(claimed)) ? 'overtaken' : 'send' };
  };
}
