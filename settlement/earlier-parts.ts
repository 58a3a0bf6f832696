import type { Attribution, CaseInterruption } from '../core/compensation/case.ts';
import { partUnder, presumedAttribution } from '../core/compensation/case-of.ts';
import type { Incident } from '../core/incidents/incident.ts';
import type { Interruption } from '../core/interruptions/interruption.ts';
import type { IncidentStore } from '../core/ports/incident-store.ts';
import type { Site } from '../core/topology/site.ts';
import type { Instant } from '../core/units/time.ts';
import { ledgerPages } from './ledger-pages.ts';

/** Premises one query asks about. */
const ASKED_AT_ONCE = 500;

/** One incident's part in the ledger of one premises. */
export interface IncidentParts {
  readonly incident: string;
  readonly parts: readonly CaseInterruption[];
}

/** What the premises went through by incident, in order of its beginning. */
export type LedgerByIncident = ReadonlyMap<string, readonly IncidentParts[]>;

/** The ledger of premises from an instant on, in parts that incidents answer for. */
export function createLedgerByIncident(
  incidents: Pick<IncidentStore, 'interruptions' | 'get'>,
): (site: Site, premises: readonly string[], since: Instant) => Promise<LedgerByIncident> {
  return async (site, premises, since) => {
    const presumed = new Map<string, Attribution>();
    const found = new Map<string, Interruption[]>();
    for (let at = 0; at < premises.length; at += ASKED_AT_ONCE) {
      const some = premises.slice(at, at + ASKED_AT_ONCE);
      const query = { site: site.site.id, premises: some, from: since };
      for await (const page of ledgerPages(incidents, query)) {
        for (const one of page) {
          if (one.premises === null) continue;
          const own = found.get(one.premises);
          if (own === undefined) found.set(one.premises, [one]);
          else own.push(one);
          for (const { incident } of one.causes)
            if (!presumed.has(incident)) presumed.set(incident, await presumedOf(site, incident));
        }
      }
    }
    return new Map([...found].map(([id, own]) => [id, byIncident(own, presumed)]));
  };

  async function presumedOf(site: Site, id: string): Promise<Attribution> {
    const incident = await incidents.get(site.site.id, id);
    return incident === null ? 'property' : presumedIn(site, incident);
  }
}

export function presumedIn(site: Site, incident: Incident): Attribution {
  return presumedAttribution(
    incident,
    site.nodes.find(({ id }) => id === incident.root),
  );
}

function byIncident(
  interruptions: readonly Interruption[],
  presumed: ReadonlyMap<string, Attribution>,
): readonly IncidentParts[] {
  const parts = new Map<string, CaseInterruption[]>();
  for (const one of interruptions) {
    for (const incident of new Set(one.causes.map((cause) => cause.incident))) {
      const own = partUnder(incident, one, presumed.get(incident) ?? 'property');
      // Two incidents may share an interruption; a case names each of its own.
      const named = own.map((part) => ({
        ...part,
        id: one.causes.length > 1 ? `${part.id}/${incident}` : part.id,
      }));
      parts.set(incident, [...(parts.get(incident) ?? []), ...named]);
    }
  }
  return [...parts]
    .filter(([, own]) => own.length > 0)
    .map(([incident, own]) => ({ incident, parts: own }))
    .sort((a, b) => beginOf(a) - beginOf(b) || (a.incident < b.incident ? -1 : 1));
}

function beginOf({ parts }: IncidentParts): number {
  return Math.min(...parts.map(({ from }) => from));
}

/** What came before an incident and had not ended `lookBack_ms` before it. */
export function earlierThan(
  incident: string,
  all: readonly IncidentParts[],
  lookBack_ms: number,
): readonly CaseInterruption[] {
  const at = all.findIndex((one) => one.incident === incident);
  const own = all[at];
  if (own === undefined || lookBack_ms === 0) return [];
  const since = beginOf(own) - lookBack_ms;
  return all.slice(0, at).flatMap(({ parts }) => parts.filter(({ to }) => to === null || to > since));
}

/** The incidents after it to which it may still matter. */
export function laterThan(
  incident: string,
  all: readonly IncidentParts[],
  lookBack_ms: number,
): readonly string[] {
  const at = all.findIndex((one) => one.incident === incident);
  const own = all[at];
  if (own === undefined) return [];
  const until = Math.max(...own.parts.map(({ to }) => to ?? Number.POSITIVE_INFINITY)) + lookBack_ms;
  return all.slice(at + 1).flatMap((one) => (beginOf(one) < until ? [one.incident] : []));
}
