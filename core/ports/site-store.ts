import type { Site } from '../topology/site.ts';
import type { Instant } from '../units/time.ts';

export interface StoredSite {
  readonly site: Site;
  /** Grows by one with every change of the site. */
  readonly version: number;
  readonly savedAt: Instant;
}

export interface SiteStore {
  list(): Promise<
    readonly {
      readonly id: string;
      readonly name: string;
      readonly version: number;
      readonly simulated: boolean;
    }[]
  >;
  get(id: string): Promise<StoredSite | null>;
  /**
   * Stores the site as its next version together with its people and an event row; `file` is the validated site file as
   * given, unknown keys included, for export. Rejects with `version_conflict` when `ifVersion` is not the current one.
   */
  put(
    site: Site,
    file: unknown,
    options: { readonly by: string; readonly at: Instant; readonly ifVersion?: number },
  ): Promise<number>;
  /** The stored file; people are left out unless asked for. */
  file(id: string, options: { readonly people: boolean }): Promise<unknown>;
}

/** A stored edit lost against another one. */
export class StoreConflict extends Error {
  readonly code: 'version_conflict' | 'already_exists' | 'not_found';
  constructor(code: 'version_conflict' | 'already_exists' | 'not_found', message: string) {
    super(message);
    this.name = 'StoreConflict';
    this.code = code;
  }
}

/** The relational store cannot be reached or refused the work. */
export class StoreUnavailable extends Error {
  readonly retryable: boolean;
  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'StoreUnavailable';
    this.retryable = options.retryable;
  }
}
