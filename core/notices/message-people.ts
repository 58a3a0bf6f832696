import type { Incident } from '../incidents/incident.ts';
import type { Person, Site } from '../topology/site.ts';

/** Whom a person writes to. */
export type MessageTarget =
  | { readonly incident: string }
  | { readonly building: string }
  | { readonly everybody: true };

/** One person, by telephone, with all their premises among those meant. */
export interface MessageRecipient {
  readonly phone: string;
  readonly language: Person['language'];
  readonly premises: readonly string[];
}

/** Owners and occupants of premises, each once. */
export function peopleOfPremises(
  site: Site,
  meant: ReadonlySet<string> | 'all',
): readonly MessageRecipient[] {
  const people = new Map<string, { phone: string; language: Person['language']; premises: string[] }>();
  for (const { id, owner, occupant } of site.premises) {
    if (meant !== 'all' && !meant.has(id)) continue;
    for (const person of [owner, occupant]) {
      if (person === null) continue;
      const known = people.get(person.phone);
      if (known === undefined) people.set(person.phone, { ...person, premises: [id] });
      else if (!known.premises.includes(id)) known.premises.push(id);
    }
  }
  return [...people.values()].map(({ phone, language, premises }) => ({ phone, language, premises }));
}

export function premisesOfBuilding(site: Site, building: string): ReadonlySet<string> {
  return new Set(site.premises.filter((one) => one.building === building).map(({ id }) => id));
}

/** Premises an incident took supply from, as far as is known; those that another source may feed are left out. */
export function premisesOfIncident(site: Site, incident: Incident): ReadonlySet<string> {
  const units = new Set(incident.affected.filter(({ basis }) => basis !== 'unknown').map(({ node }) => node));
  return new Set(
    site.nodes.flatMap(({ id, premises }) => (premises !== undefined && units.has(id) ? [premises] : [])),
  );
}
