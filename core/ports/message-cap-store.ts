import type { ChosenCaps } from '../notices/message-caps.ts';
import type { Instant } from '../units/time.ts';

/** What a site chose, by whom and why; who chose before is in the audit log. */
export interface SiteCaps {
  readonly site: string;
  readonly version: number;
  readonly savedAt: Instant;
  readonly savedBy: string;
  readonly reason: string;
  readonly chosen: ChosenCaps;
}

export interface MessageCapStore {
  /** Null: the site never chose. */
  get(site: string): Promise<SiteCaps | null>;
  /** Resolves with the new version. `ifVersion` 0: only where none is. Rejects with StoreConflict `version_conflict`. */
  put(caps: Omit<SiteCaps, 'version'>, ifVersion: number): Promise<number>;
}
