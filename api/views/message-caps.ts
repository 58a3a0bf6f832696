import type { MessageCapsView } from '../../contracts/http/message-caps.ts';
import { costOf } from '../../core/notices/cost.ts';
import {
  CAP_BOUNDS,
  CAP_NAMES,
  type CapName,
  type ChosenCaps,
  chosenOver,
  NOTHING_CHOSEN,
} from '../../core/notices/message-caps.ts';
import type { SiteCaps } from '../../core/ports/message-cap-store.ts';
import { toIso } from '../../core/units/time.ts';
import { namesOf } from '../claims/names.ts';
import { type Context, siteOf } from '../context.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The newest of a day are asked what they took. */
const INCIDENTS_ASKED = 20;

/** Variables of the environment that set what holds without a choice. */
const SETTINGS: { readonly [Name in CapName]: string | null } = {
  segmentsPerHour: 'SEGMENTS_PER_HOUR',
  segmentsPerDay: 'SEGMENTS_PER_DAY',
  segmentsPerIncident: 'SEGMENTS_PER_INCIDENT',
  perOwnerPerDay: null,
  fleetShare_percent: null,
  fleetIncidents: null,
};

/** The limits of a site with what is spent of them: those in force, or what `chosen` would make of them. */
export async function messageCapsView(
  context: Context,
  site: string,
  stored: SiteCaps | null,
  chosen: ChosenCaps = stored?.chosen ?? NOTHING_CHOSEN,
): Promise<MessageCapsView> {
  const { messageCaps: standard, channels, stores } = context;
  const caps = chosenOver(standard, chosen);
  const price = channels.priceOf('sms');
  const [spent, names] = await Promise.all([
    spentOf(context, site),
    namesOf(stores, [stored?.savedBy ?? null]),
  ]);
  return {
    site,
    version: stored?.version ?? 0,
    savedAt: stored === null ? null : toIso(stored.savedAt),
    savedBy: stored === null ? null : (names[stored.savedBy] ?? stored.savedBy),
    reason: stored?.reason ?? null,
    caps: CAP_NAMES.map((name) => {
      const used = spent[name] ?? null;
      return {
        name,
        most: caps[name],
        chosen: chosen[name] !== null,
        standard: standard[name],
        setting: SETTINGS[name],
        ...CAP_BOUNDS[name],
        spent: used,
        cost: used === null ? null : costOf(price, used),
        mostCost: used === null ? null : costOf(price, caps[name]),
      };
    }),
    owners: ownersOf(context, site),
    held: (await stores.outbox.held(site)).reduce((sum, { count }) => sum + count, 0),
  };
}

async function spentOf({ stores, clock }: Context, site: string): Promise<{ [Name in CapName]?: number }> {
  const { outbox, incidents } = stores;
  const now = clock.now();
  const newest = await incidents.list({ sites: [site], limit: INCIDENTS_ASKED });
  const lately = newest.filter(({ closedAt }) => closedAt === null || closedAt > now - DAY_MS);
  const [segmentsPerHour, segmentsPerDay, ...each] = await Promise.all([
    outbox.spent(site, now - HOUR_MS),
    outbox.spent(site, now - DAY_MS),
    ...lately.map(({ id }) => outbox.spent(site, now - DAY_MS, id)),
  ]);
  return { segmentsPerHour, segmentsPerDay, segmentsPerIncident: Math.max(0, ...each) };
}

function ownersOf(context: Context, site: string): number {
  const phones = siteOf(context, site).site.premises.flatMap(({ owner }) => owner?.phone ?? []);
  return new Set(phones).size;
}
