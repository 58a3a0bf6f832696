import {
  type FactsAbout,
  type StandingFacts,
  standingFacts,
  subjectsOf,
} from '../core/compensation/case-facts.ts';
import type { FactStore } from '../core/ports/fact-store.ts';
import type { PeopleStore } from '../core/ports/people-store.ts';
import type { StoredSite } from '../core/ports/site-store.ts';

const PEOPLE_AT_ONCE = 1_000;

export interface KnownFacts {
  readonly standing: StandingFacts;
  about(premises: string): FactsAbout;
}

export interface FactsDeps {
  readonly facts: Pick<FactStore, 'about'>;
  readonly people: Pick<PeopleStore, 'list'>;
}

/** What has been told about premises, their owners, the site and, where there is one, an incident. */
export function createKnownFacts({
  facts,
  people,
}: FactsDeps): (
  site: StoredSite,
  premises: readonly string[],
  incident: string | null,
) => Promise<KnownFacts> {
  /** Who owns what changes with the version of a site only. */
  const owners = new Map<string, { readonly version: number; readonly of: ReadonlyMap<string, string> }>();

  async function ownersOf({ site, version }: StoredSite): Promise<ReadonlyMap<string, string>> {
    const { id } = site.site;
    const known = owners.get(id);
    if (known?.version === version) return known.of;
    const of = new Map<string, string>();
    for (let after: string | undefined; ; ) {
      const page = await people.list(id, {
        limit: PEOPLE_AT_ONCE,
        ...(after === undefined ? {} : { after }),
      });
      for (const person of page)
        for (const { premises, role } of person.premises) if (role === 'owner') of.set(premises, person.id);
      after = page.at(-1)?.id;
      if (after === undefined) break;
    }
    owners.set(id, { version, of });
    return of;
  }

  return async (stored, premises, incident) => {
    const of = await ownersOf(stored);
    const about = (one: string): FactsAbout => ({ premises: one, owner: of.get(one) ?? null, incident });
    const subjects = premises.flatMap((one) => subjectsOf(about(one)));
    return { standing: standingFacts(await facts.about(stored.site.site.id, subjects)), about };
  };
}
