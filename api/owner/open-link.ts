import { isExpired, type LinkOwner, opensFor, readOwnerToken } from '../../core/notices/owner-link.ts';
import type { KnownPerson } from '../../core/ports/people-store.ts';
import type { StoredSite } from '../../core/ports/site-store.ts';
import type { Context } from '../context.ts';
import { Refused } from '../errors.ts';
import { createFresh } from './fresh.ts';
import { createLinkThrottle } from './link-throttle.ts';

/** Ids that begin alike are very few. */
const CANDIDATES = 16;
const PEOPLE = { fresh_ms: 10_000, kept: 10_000 };

export interface Opened {
  readonly site: string;
  readonly person: KnownPerson;
  /** The person's premises that the site still has. */
  readonly premises: readonly string[];
}

/** Whose page a link opens; every other link is refused and counted. */
export function createOpenLink({
  stores,
  sites,
  signer,
  clock,
  telemetry,
}: Context): (token: string, address: string) => Promise<Opened> {
  const failed = createLinkThrottle(clock);
  const sets = new WeakMap<StoredSite, ReadonlySet<string>>();
  const people = createFresh<KnownPerson | null>(clock, PEOPLE);
  const candidates = createFresh<readonly { readonly site: string; readonly id: string }[]>(clock, PEOPLE);

  /** Thousands ask at once: a site's premises are put in a set once a version. */
  function premisesOf(stored: StoredSite): ReadonlySet<string> {
    const set = sets.get(stored) ?? new Set(stored.site.premises.map(({ id }) => id));
    sets.set(stored, set);
    return set;
  }

  function refuse(reason: 'forged' | 'over', address: string): never {
    telemetry.count('relight_owner_links_refused_total', { reason });
    failed(address);
    throw new Refused('owner_link_invalid');
  }

  async function ownerOf(token: string, address: string): Promise<LinkOwner> {
    const read = readOwnerToken(token);
    if (read === null) return refuse('forged', address);
    const some = await candidates.get(read.short, () => stores.owners.startingWith(read.short, CANDIDATES));
    const owner = some
      .map(({ site, id }) => ({ site, person: id }))
      .find((one) => opensFor(read, one, signer));
    if (owner === undefined) return refuse('forged', address);
    return isExpired(read, clock.now()) ? refuse('over', address) : owner;
  }

  return async (token, address) => {
    const { site, person: id } = await ownerOf(token, address);
    const stored = sites.get(site);
    const person = await people.get(`${site}/${id}`, () => stores.people.get(site, id));
    if (stored === undefined || person === null || person.phone === null) return refuse('over', address);
    const known = premisesOf(stored);
    const premises = [...new Set(person.premises.map((one) => one.premises))].filter((one) => known.has(one));
    return { site, person, premises };
  };
}
