import type { PersonProfile } from '../core/people/profile.ts';
import type { PeopleStore } from '../core/ports/people-store.ts';

const AT_ONCE = 1_000;

/** By telephone. */
export async function profilesOf(
  people: PeopleStore,
  site: string,
): Promise<ReadonlyMap<string, PersonProfile>> {
  const profiles = new Map<string, PersonProfile>();
  for (let after: string | undefined; ; ) {
    const page = await people.list(site, { limit: AT_ONCE, ...(after === undefined ? {} : { after }) });
    for (const { phone, profile } of page) if (phone !== null) profiles.set(phone, profile);
    after = page.at(-1)?.id;
    if (after === undefined) return profiles;
  }
}
