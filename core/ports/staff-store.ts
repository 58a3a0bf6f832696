import type { StaffFile } from '../dispatch/bench.ts';
import type { DispatchSettings } from '../dispatch/settings.ts';
import type { StaffMember } from '../dispatch/staff-member.ts';
import type { Roster } from '../roster/roster.ts';
import type { Instant } from '../units/time.ts';

export interface StoredRoster {
  readonly roster: Roster;
  /** 0: none was ever stored. */
  readonly version: number;
}

/** Staff, roster and dispatch settings of a site. */
export interface StaffStore {
  list(site: string): Promise<readonly StaffMember[]>;
  /** Everything about whom the site can send, as of one moment. */
  file(site: string): Promise<StaffFile>;
  /** Adds or changes a member. Rejects with StoreConflict `already_exists` when the telephone is another person's. */
  put(site: string, member: StaffMember & { readonly phone: string }): Promise<void>;
  /** The same for many, all or none. */
  putAll(site: string, members: readonly (StaffMember & { readonly phone: string })[]): Promise<void>;
  roster(site: string): Promise<StoredRoster>;
  /** Resolves with the new version. Rejects with `version_conflict` when `ifVersion` is not the current one. */
  putRoster(site: string, roster: Roster, at: Instant, ifVersion?: number): Promise<number>;
  /** The defaults where nothing was stored. */
  settings(site: string): Promise<DispatchSettings>;
  /** Also gives the duty desk its telephone. Rejects with `already_exists` when that is another person's. */
  putSettings(site: string, settings: DispatchSettings, at: Instant): Promise<void>;
}
