import type { SiteDirectory } from '../core/ports/site-directory.ts';
import { type Access, type SiteAccess, siteAccess } from './topic-access.ts';

/** The access of every client of every site, computed once per version of a site. */
export function createAccessDirectory(sites: SiteDirectory, topic_length: number) {
  const known = new Map<string, SiteAccess>();

  return {
    /** `username` is `{site}/{id}`; null when no site has such a device or gateway. */
    of(username: string): Access | null {
      const slash = username.indexOf('/');
      const siteId = username.slice(0, slash);
      const stored = slash < 0 ? undefined : sites.get(siteId);
      if (stored === undefined) return null;
      let site = known.get(siteId);
      if (site === undefined) {
        site = siteAccess(stored.site, topic_length);
        known.set(siteId, site);
      }
      return site.of(username.slice(slash + 1));
    },

    siteChanged(siteId: string): void {
      known.delete(siteId);
    },
  };
}

export type AccessDirectory = ReturnType<typeof createAccessDirectory>;
