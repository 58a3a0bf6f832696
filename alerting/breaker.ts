import type { Clock } from '../core/ports/clock.ts';
import type { ClaimedDelivery, Outbox } from '../core/ports/outbox.ts';
import type { SiteDirectory } from '../core/ports/site-directory.ts';
import type { Instant } from '../core/units/time.ts';
import type { AlertingLimits } from './limits.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FLEET_WINDOW_MS = 10 * MINUTE_MS;
/** What is remembered across a restart: the newest deliveries of a site, each taken for a message of two segments. */
const REMEMBERED = 1_000;
const REMEMBERED_SEGMENTS = 2;

export type BlockReason = 'cost_cap' | 'fleet_share';

/** Stops a mass send and leaves it to a person. Counts what it lets pass. */
export interface Breaker {
  admit(claimed: ClaimedDelivery, segments: number): Promise<BlockReason | null>;
}

type BreakerLimits = Pick<AlertingLimits, 'segmentsPerHour' | 'fleetShare' | 'fleetIncidents'>;

export function createBreaker(
  limits: BreakerLimits,
  outbox: Outbox,
  sites: SiteDirectory,
  clock: Clock,
): Breaker {
  const spent = new Map<string, Promise<Spending>>();
  const told: { at: Instant; incident: string; recipient: string }[] = [];

  function spendingOf(site: string): Promise<Spending> {
    let spending = spent.get(site);
    if (spending === undefined) {
      spending = rememberedSpending(outbox, site, clock.now());
      spent.set(site, spending);
      spending.catch(() => spent.delete(site));
    }
    return spending;
  }

  function tooManyOwners(incident: string, recipient: string, now: Instant): boolean {
    while (told[0] !== undefined && told[0].at < now - FLEET_WINDOW_MS) told.shift();
    const incidents = new Set(told.map((entry) => entry.incident)).add(incident);
    if (incidents.size < limits.fleetIncidents) return false;
    const recipients = new Set(told.map((entry) => entry.recipient)).add(recipient);
    return recipients.size > limits.fleetShare * ownersOf(sites);
  }

  return {
    async admit({ delivery, recipient }, segments) {
      if (delivery.audience !== 'owner') return null;
      const now = clock.now();
      const spending = await spendingOf(delivery.site);
      if (spending.within(now) + segments > limits.segmentsPerHour) return 'cost_cap';
      const alarming = delivery.stage === 'lost' || delivery.stage === 'opened';
      if (alarming && tooManyOwners(`${delivery.site}/${delivery.subject}`, recipient.id, now))
        return 'fleet_share';
      spending.add(now, segments);
      if (alarming)
        told.push({ at: now, incident: `${delivery.site}/${delivery.subject}`, recipient: recipient.id });
      return null;
    },
  };
}

/** Segments of the last hour, by the minute. */
interface Spending {
  add(at: Instant, segments: number): void;
  within(now: Instant): number;
}

function createSpending(): Spending {
  const minutes = new Map<number, number>();
  return {
    add(at, segments) {
      const minute = Math.floor(at / MINUTE_MS);
      minutes.set(minute, (minutes.get(minute) ?? 0) + segments);
    },
    within(now) {
      let sum = 0;
      for (const [minute, segments] of minutes) {
        if (minute < Math.floor((now - HOUR_MS) / MINUTE_MS)) minutes.delete(minute);
        else sum += segments;
      }
      return sum;
    },
  };
}

async function rememberedSpending(outbox: Outbox, site: string, now: Instant): Promise<Spending> {
  const spending = createSpending();
  const sent = await outbox.list({ site, states: ['sent', 'delivered', 'undelivered'], limit: REMEMBERED });
  for (const delivery of sent) {
    if (delivery.audience === 'owner' && delivery.sentAt !== null && delivery.sentAt > now - HOUR_MS) {
      spending.add(delivery.sentAt, REMEMBERED_SEGMENTS);
    }
  }
  return spending;
}

function ownersOf(sites: SiteDirectory): number {
  const phones = new Set<string>();
  for (const { site } of sites.all()) {
    for (const { owner } of site.premises) if (owner !== null) phones.add(owner.phone);
  }
  return phones.size;
}
