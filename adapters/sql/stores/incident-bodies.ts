import type { Incident } from '../../../core/incidents/incident.ts';
import type { Dialect } from '../dialect.ts';
import type { Sql } from '../sql.ts';
import { rowsOf } from '../steps.ts';

/** Enough for the open incidents of some hundred sites, or for ten that darken ten thousand homes each. */
const UNITS_KEPT = 100_000;
const INCIDENTS_KEPT = 1_000;

export interface IncidentRef {
  readonly site: string;
  readonly id: string;
  readonly position: number;
}

/**
 * Incidents by where they last changed. One that darkens ten thousand homes is a megabyte of text, and in just that hour
 * everybody asks for it: what has not changed since is not read and parsed again. Who gets one must not change it.
 */
export function createIncidentBodies(sql: Sql, { db }: Dialect) {
  /** Oldest use first. */
  const kept = new Map<string, { readonly position: number; readonly incident: Incident }>();
  let units = 0;

  function keep(key: string, position: number, incident: Incident): void {
    forget(key);
    kept.set(key, { position, incident });
    units += incident.affected.length;
    for (const oldest of kept.keys()) {
      if (kept.size <= INCIDENTS_KEPT && units <= UNITS_KEPT) return;
      forget(oldest);
    }
  }

  function forget(key: string): void {
    units -= kept.get(key)?.incident.affected.length ?? 0;
    kept.delete(key);
  }

  function known({ site, id, position }: IncidentRef): Incident | undefined {
    const key = keyOf(site, id);
    const one = kept.get(key);
    if (one?.position !== Number(position)) return undefined;
    kept.delete(key);
    kept.set(key, one);
    return one.incident;
  }

  async function read(site: string, ids: readonly string[]): Promise<ReadonlyMap<string, Incident>> {
    const found = new Map<string, Incident>();
    const query = db.selectFrom('incident').select(['id', 'position', 'body_json']).where('site', '=', site);
    for (const { id, position, body_json } of await rowsOf(sql, query.where('id', 'in', [...ids]))) {
      const incident = JSON.parse(body_json) as Incident;
      keep(keyOf(site, id), Number(position), incident);
      found.set(keyOf(site, id), incident);
    }
    return found;
  }

  /** In the order of `refs`; those that changed meanwhile as they are now. */
  return async (refs: readonly IncidentRef[]): Promise<readonly Incident[]> => {
    const found = new Map<string, Incident>();
    const missing = new Map<string, string[]>();
    for (const ref of refs) {
      const incident = known(ref);
      if (incident !== undefined) found.set(keyOf(ref.site, ref.id), incident);
      else missing.set(ref.site, [...(missing.get(ref.site) ?? []), ref.id]);
    }
    for (const [site, ids] of missing) {
      for (const [key, incident] of await read(site, ids)) found.set(key, incident);
    }
    return refs.flatMap(({ site, id }) => found.get(keyOf(site, id)) ?? []);
  };
}

function keyOf(site: string, id: string): string {
  return `${site} ${id}`;
}
