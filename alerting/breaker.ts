import type { MessageCaps } from '../core/notices/message-caps.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { ClaimedDelivery, Delivery, Outbox } from '../core/ports/outbox.ts';
import type { SiteDirectory } from '../core/ports/site-directory.ts';
import type { Instant } from '../core/units/time.ts';
import { createSpending } from './spending.ts';
import { createToldLately } from './told-lately.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Against a false alarm that looks like a storm; one fault, however large, is one incident and passes. */
const FLEET_WINDOW_MS = 10 * MINUTE_MS;

export type BlockReason = 'number_per_day' | 'cost_cap' | 'day_cap' | 'incident_cap' | 'fleet_share';

/** Stops a mass send and leaves it to a person, whose release passes. Counts what it lets pass. */
export interface Breaker {
  admit(claimed: ClaimedDelivery, segments: number): Promise<BlockReason | null>;
}

export function createBreaker(
  capsOf: (site: string) => Promise<MessageCaps>,
  outbox: Outbox,
  sites: SiteDirectory,
  clock: Clock,
): Breaker {
  const told = createToldLately();
  const spending = createSpending(outbox, clock);

  async function overCap(
    { site, subject }: Delivery,
    segments: number,
    limits: MessageCaps,
  ): Promise<BlockReason | null> {
    const caps = [
      ['incident_cap', limits.segmentsPerIncident, DAY_MS, subject],
      ['cost_cap', limits.segmentsPerHour, HOUR_MS, undefined],
      ['day_cap', limits.segmentsPerDay, DAY_MS, undefined],
    ] as const;
    const meters = await Promise.all(caps.map(([, , span_ms, about]) => spending(site, span_ms, about)));
    const over = caps.find(([, most], i) => (meters[i]?.spent() ?? 0) + segments > most);
    if (over !== undefined) return over[0];
    for (const meter of meters) meter.add(segments);
    return null;
  }

  function tooManyOwners(incident: string, recipient: string, now: Instant, limits: MessageCaps): boolean {
    told.forgetBefore(now - FLEET_WINDOW_MS);
    if (told.incidentsWith(incident) < limits.fleetIncidents) return false;
    return told.recipientsWith(recipient) > (limits.fleetShare_percent / 100) * ownersOf(sites);
  }

  return {
    async admit({ delivery, recipient, sentLastDay }, segments) {
      if (delivery.audience !== 'owner' || delivery.released) return null;
      const limits = await capsOf(delivery.site);
      if (sentLastDay >= limits.perOwnerPerDay) return 'number_per_day';
      const now = clock.now();
      const incident = `${delivery.site}/${delivery.subject}`;
      const alarming = delivery.stage === 'lost' || delivery.stage === 'opened';
      if (alarming && tooManyOwners(incident, recipient.id, now, limits)) return 'fleet_share';
      const over = await overCap(delivery, segments, limits);
      if (over === null && alarming) told.add({ at: now, incident, recipient: recipient.id });
      return over;
    },
  };
}

function ownersOf(sites: SiteDirectory): number {
  const phones = new Set<string>();
  for (const { site } of sites.all()) {
    for (const { owner } of site.premises) if (owner !== null) phones.add(owner.phone);
  }
  return phones.size;
}
