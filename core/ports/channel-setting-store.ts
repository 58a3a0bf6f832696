import type { Instant } from '../units/time.ts';

/** How one channel is set up, sealed as a whole. */
export interface ChannelSetting {
  readonly id: string;
  readonly version: number;
  readonly savedAt: Instant;
  readonly savedBy: string;
  readonly sealed: string;
}

export interface ChannelSettingStore {
  /** By id. */
  list(): Promise<readonly ChannelSetting[]>;
  /** Resolves with the new version. `ifVersion` 0: only where none is. Rejects with StoreConflict `version_conflict`. */
  put(setting: Omit<ChannelSetting, 'version'>, ifVersion: number): Promise<number>;
  /** Rejects with StoreConflict `version_conflict` when it is at another version, or gone. */
  remove(id: string, ifVersion: number): Promise<void>;
}
