import type { StoredSite } from './site-store.ts';

/** Every site of this process, in memory, kept fresh. Synchronous, for hot paths. */
export interface SiteDirectory {
  get(id: string): StoredSite | undefined;
  all(): readonly StoredSite[];
  /** Runs after a site was added or changed; returns its undo. */
  onChange(listener: (id: string) => void): () => void;
}
