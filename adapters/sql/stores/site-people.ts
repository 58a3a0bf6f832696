import type { Person, Site } from '../../../core/topology/site.ts';

type Role = 'owner' | 'occupant';
const ROLES: readonly Role[] = ['owner', 'occupant'];

export interface SitePerson {
  readonly premises: string;
  readonly role: Role;
  readonly person: Person;
  /** The person as the site file wrote it, unknown keys included. */
  readonly given: unknown;
}

/** Everybody the site names, with what its file said of them. */
export function peopleOf(site: Site, file: unknown): readonly SitePerson[] {
  const given = new Map(premisesOf(file).map((premises) => [premises.id, premises]));
  return site.premises.flatMap((premises) =>
    ROLES.flatMap((role) => {
      const person = premises[role];
      if (person === null) return [];
      return [{ premises: premises.id, role, person, given: given.get(premises.id)?.[role] ?? person }];
    }),
  );
}

/** The site, or its file, with every owner and occupant replaced by null. */
export function withoutPeople<T>(document: T): T {
  return withPeople(document, () => null);
}

/** The site, or its file, with owners and occupants put in by `find`, or left out where it finds undefined. */
export function withPeople<T>(document: T, find: (premises: string, role: Role) => unknown): T {
  if (typeof document !== 'object' || document === null || !('premises' in document)) return document;
  const premises = premisesOf(document).map((one) => {
    const copy = { ...one };
    for (const role of ROLES) {
      if (!(role in one)) continue;
      const person = find(String(one.id), role);
      if (person === undefined) delete copy[role];
      else copy[role] = person;
    }
    return copy;
  });
  return { ...document, premises };
}

function premisesOf(document: unknown): readonly Record<string, unknown>[] {
  if (typeof document !== 'object' || document === null || !('premises' in document)) return [];
  return Array.isArray(document.premises) ? (document.premises as Record<string, unknown>[]) : [];
}
