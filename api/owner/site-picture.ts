import type { Dispatch } from '../../core/dispatch/dispatch.ts';
import type { AffectedUnit, Incident } from '../../core/incidents/incident.ts';
import { indexSite, type SiteIndex } from '../../core/notices/facts-of.ts';
import { planAffected } from '../../core/planned/affected.ts';
import type { PlannedOutage } from '../../core/planned/outage.ts';
import type { Estimate } from '../../core/ports/estimate-store.ts';
import type { StoredSite } from '../../core/ports/site-store.ts';
import type { Context } from '../context.ts';
import { createFresh } from './fresh.ts';

const SHARED = { fresh_ms: 1_000, kept: 200 };
const OPEN_MAX = 500;
const PLANS_MAX = 100;

export interface PicturedIncident {
  readonly incident: Incident;
  /** What the incident lists, by premises. */
  readonly units: ReadonlyMap<string, readonly AffectedUnit[]>;
  readonly dispatch: Dispatch | null;
  readonly estimates: ReadonlyMap<string, Estimate>;
}

export interface PicturedPlan {
  readonly plan: PlannedOutage;
  readonly premises: ReadonlySet<string>;
}

/** What all owners of a site share at this moment. */
export interface SitePicture {
  readonly stored: StoredSite;
  readonly index: SiteIndex;
  /** Not closed yet, by premises. */
  readonly open: ReadonlyMap<string, readonly PicturedIncident[]>;
  readonly plans: readonly PicturedPlan[];
}

/** Thousands open their page when the power goes: what they share is read once a second, whoever asks. */
export function createSitePicture({ stores, clock }: Context): (stored: StoredSite) => Promise<SitePicture> {
  const pictures = createFresh<SitePicture>(clock, SHARED);
  const indexes = new WeakMap<StoredSite, SiteIndex>();
  const covered = new WeakMap<StoredSite, Map<string, ReadonlySet<string>>>();

  function indexOf(stored: StoredSite): SiteIndex {
    const index = indexes.get(stored) ?? indexSite(stored.site);
    indexes.set(stored, index);
    return index;
  }

  function coverOf(stored: StoredSite, { id, nodes, version }: PlannedOutage): ReadonlySet<string> {
    const known = covered.get(stored) ?? new Map<string, ReadonlySet<string>>();
    covered.set(stored, known);
    const key = `${id} ${version}`;
    const premises = known.get(key) ?? new Set(planAffected(stored.site, nodes).premises);
    if (known.size > PLANS_MAX) known.clear();
    known.set(key, premises);
    return premises;
  }

  async function pictured(site: string, incident: Incident, index: SiteIndex): Promise<PicturedIncident> {
    const [dispatch, estimates] = await Promise.all([
      stores.dispatches.ofIncident(site, incident.id),
      stores.estimates.ofIncident(site, incident.id),
    ]);
    return {
      incident,
      units: unitsOf(incident, index),
      dispatch: dispatch?.dispatch ?? null,
      estimates: new Map(estimates.map((one) => [one.premises, one])),
    };
  }

  async function read(stored: StoredSite): Promise<SitePicture> {
    const { id } = stored.site.site;
    const index = indexOf(stored);
    const [incidents, plans] = await Promise.all([
      stores.incidents.list({ sites: [id], open: true, limit: OPEN_MAX }),
      stores.planned.list({ site: id, active: true, limit: PLANS_MAX }),
    ]);
    const open = new Map<string, PicturedIncident[]>();
    for (const incident of incidents) {
      if (incident.kind !== 'outage' && incident.kind !== 'partial') continue;
      const one = await pictured(id, incident, index);
      for (const premises of one.units.keys()) open.set(premises, [...(open.get(premises) ?? []), one]);
    }
    return {
      stored,
      index,
      open,
      plans: plans.map(({ plan }) => ({ plan, premises: coverOf(stored, plan) })),
    };
  }

  return (stored) => pictures.get(stored.site.site.id, () => read(stored));
}

function unitsOf(incident: Incident, index: SiteIndex): ReadonlyMap<string, readonly AffectedUnit[]> {
  const units = new Map<string, AffectedUnit[]>();
  for (const unit of incident.affected) {
    const premises = index.nodes.get(unit.node)?.premises;
    if (premises === undefined) continue;
    const known = units.get(premises);
    if (known === undefined) units.set(premises, [unit]);
    else known.push(unit);
  }
  return units;
}
