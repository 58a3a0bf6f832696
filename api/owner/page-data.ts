import type { OwnerView } from '../../contracts/http/owner.ts';
import type { Dispatch } from '../../core/dispatch/dispatch.ts';
import type { AffectedUnit, Incident } from '../../core/incidents/incident.ts';
import type { Interruption } from '../../core/interruptions/interruption.ts';
import { incidentNumber } from '../../core/notices/facts.ts';
import { causeOf, type SiteIndex } from '../../core/notices/facts-of.ts';
import type { Estimate } from '../../core/ports/estimate-store.ts';
import { money, moneyText } from '../../core/units/money.ts';
import { type Instant, toIso } from '../../core/units/time.ts';
import type { Context } from '../context.ts';
import { createFresh } from './fresh.ts';
import type { Opened } from './open-link.ts';
import { createSitePicture, type PicturedIncident, type SitePicture } from './site-picture.ts';

const YEAR_MS = 366 * 86_400_000;
const HISTORY_MAX = 20;
const PREMISES_MAX = 30;
/** How long after the end an owner may still say how it went. */
const RATEABLE_MS = 30 * 86_400_000;

type Money = OwnerView['history'][number]['money'];

/** The person's page: what the site shares, cut to their premises, and what is theirs alone. */
export function createPageData(context: Context): (opened: Opened) => Promise<OwnerView> {
  const { stores, sites, clock } = context;
  const pictureOf = createSitePicture(context);
  const past = createFresh<Incident | null>(clock, { fresh_ms: 60_000, kept: 500 });

  /** The newest interruptions that have ended, of all the person's premises. */
  async function endedOf(site: string, premises: readonly string[]): Promise<readonly Interruption[]> {
    const now = clock.now();
    const found = await Promise.all(
      premises.map((one) =>
        stores.incidents.interruptions({ site, premises: one, from: now - YEAR_MS, open: false, limit: 200 }),
      ),
    );
    return found
      .flat()
      .filter(({ to, momentary }) => to !== null && !momentary)
      .sort((a, b) => b.from - a.from);
  }

  async function historyOf(
    { site, person, premises }: Opened,
    index: SiteIndex,
  ): Promise<OwnerView['history']> {
    const [ended, estimates, ratings] = await Promise.all([
      endedOf(site, premises),
      Promise.all(premises.map((one) => stores.estimates.ofPremises(site, one))),
      stores.owners.ratingsOf(site, { person: person.id }, 200),
    ]);
    const byIncident = new Map<string, Interruption[]>();
    for (const interruption of ended) {
      const id = interruption.causes[0]?.incident;
      if (id === undefined) continue;
      byIncident.set(id, [...(byIncident.get(id) ?? []), interruption]);
    }
    const history: OwnerView['history'] = [];
    for (const [id, own] of [...byIncident].slice(0, HISTORY_MAX)) {
      const incident = await past.get(`${site}/${id}`, () => stores.incidents.get(site, id));
      if (incident === null) continue;
      const to = Math.max(...own.map((one) => one.to ?? one.from));
      const since = Math.min(...own.map((one) => one.from));
      const rating = ratings.find((one) => one.incident === id) ?? null;
      history.push({
        incident: id,
        number: incidentNumber(id),
        premises: unique(own.flatMap((one) => one.premises ?? [])),
        cause: causeOf(incident, index),
        since: toIso(since),
        to: toIso(to),
        minutes: Math.max(1, Math.ceil((to - since) / 60_000)),
        money: moneyOf(
          estimates.flat().filter((one) => one.incident === id),
          isMeasured(incident, premises, index),
        ),
        mayRate: incident.state === 'restored' && incident.planned === null && clock.now() < to + RATEABLE_MS,
        rating: rating === null ? null : { rating: rating.rating, comment: rating.comment },
      });
    }
    return history;
  }

  return async (given) => {
    const opened = { ...given, premises: given.premises.slice(0, PREMISES_MAX) };
    const stored = sites.get(opened.site);
    if (stored === undefined) throw new Error(`site ${opened.site} went away`);
    const picture = await pictureOf(stored);
    const [history, reports] = await Promise.all([
      historyOf(opened, picture.index),
      stores.owners.reports({ site: opened.site, open: true, premises: opened.premises, limit: 100 }),
    ]);
    const { name, phone = null, timeZone, simulated } = picture.index.site;
    return {
      site: { name, phone, timeZone, simulated },
      language: opened.person.language,
      premises: opened.premises.map((id) => ({
        premises: id,
        building: picture.index.premises.get(id)?.building ?? null,
        state: stateOf(picture, id),
        reported: reports.some((one) => one.premises === id),
      })),
      current: currentOf(picture, opened.premises),
      planned: plannedOf(picture, opened.premises, clock.now()),
      history,
    };
  };
}

/** unsure: something else may feed it, or nobody can say. */
function stateOf(picture: SitePicture, premises: string): 'on' | 'off' | 'partial' | 'unsure' {
  let state: 'on' | 'partial' | 'unsure' = 'on';
  for (const { incident, units } of picture.open.get(premises) ?? []) {
    for (const { to, basis } of units.get(premises) ?? []) {
      if (to !== null) continue;
      if (basis === 'unknown') state = state === 'on' ? 'unsure' : state;
      else if (incident.kind === 'outage') return 'off';
      else state = 'partial';
    }
  }
  return state;
}

function currentOf(picture: SitePicture, premises: readonly string[]): OwnerView['current'] {
  const found = new Set(premises.flatMap((id) => picture.open.get(id) ?? []));
  return [...found].flatMap((one) => {
    const own = premises.filter((id) => one.units.get(id)?.some(isDark) === true);
    return own.length === 0 ? [] : [outageOf(one, own, picture.index)];
  });
}

function isDark({ to, basis }: AffectedUnit): boolean {
  return to === null && basis !== 'unknown';
}

/** `own`: premises that are dark by it. */
function outageOf(
  { incident, units, dispatch, estimates }: PicturedIncident,
  own: readonly string[],
  index: SiteIndex,
): OwnerView['current'][number] {
  const dark = own.flatMap((id) => units.get(id)?.filter(isDark) ?? []);
  const measured = dark.every(({ basis }) => basis === 'confirmed');
  const { progress, at } = progressOf(dispatch, incident.detectedAt);
  return {
    incident: incident.id,
    number: incidentNumber(incident.id),
    premises: [...own],
    cause: causeOf(incident, index),
    since: toIso(Math.min(...dark.map(({ from }) => from))),
    eta: incident.eta === undefined ? null : toIso(incident.eta),
    progress,
    progressAt: toIso(at),
    units: incident.affected.length,
    money: moneyOf(
      own.flatMap((id) => estimates.get(id) ?? []),
      measured,
    ),
  };
}

type Progress = OwnerView['current'][number]['progress'];

const PROGRESS: Readonly<Partial<Record<Dispatch['state'], Progress>>> = {
  accepted: 'accepted',
  travelling: 'travelling',
  on_site: 'on_site',
  working: 'working',
  restored: 'restored',
  return_visit_done: 'restored',
};

function progressOf(dispatch: Dispatch | null, detectedAt: Instant): { progress: Progress; at: Instant } {
  const progress = dispatch === null ? undefined : PROGRESS[dispatch.state];
  if (dispatch === null || progress === undefined) return { progress: 'reported', at: detectedAt };
  return {
    progress,
    at: dispatch.history.findLast(({ event }) => event === dispatch.state)?.at ?? dispatch.openedAt,
  };
}

function plannedOf(picture: SitePicture, premises: readonly string[], now: Instant): OwnerView['planned'] {
  return picture.plans
    .flatMap(({ plan, premises: hit }) => {
      const own = premises.filter((id) => hit.has(id));
      if (own.length === 0) return [];
      const running = plan.state === 'running' || (plan.from <= now && now < plan.to);
      const { id, from, to, work } = plan;
      return [{ plan: id, premises: own, from: toIso(from), to: toIso(to), work, running }];
    })
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** Null when there is nothing to say in money. */
function moneyOf(estimates: readonly Estimate[], measured: boolean): Money {
  const counted = estimates.filter(({ refused }) => refused === null);
  const [first] = counted;
  if (first === undefined || counted.length < estimates.length) return null;
  if (counted.some(({ currency }) => currency !== first.currency)) return null;
  const minor = counted.reduce((sum, one) => sum + one.amount_minor, 0);
  const final = counted.every(({ state }) => state === 'final');
  return {
    ...moneyText(money(minor, first.currency)),
    state: measured ? (final ? 'final' : 'running') : 'unverified',
    minutes: Math.max(...counted.map(({ minutes }) => minutes)),
  };
}

/** Every unit concerned said so itself. */
function isMeasured(incident: Incident, premises: readonly string[], index: SiteIndex): boolean {
  const units = new Set(premises.flatMap((id) => index.unitsOf.get(id) ?? []));
  return incident.affected.every(({ node, basis }) => !units.has(node) || basis === 'confirmed');
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
