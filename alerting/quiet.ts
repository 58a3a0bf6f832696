import { isDependent } from '../core/people/profile.ts';
import { quietUntil, wakes } from '../core/people/quiet-hours.ts';
import type { ClaimedDelivery } from '../core/ports/outbox.ts';
import type { Instant } from '../core/units/time.ts';
import type { AlertingDeps } from './deps.ts';
import { createIsOver } from './is-over.ts';
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
  const isOver = createIsOver(stores);

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
