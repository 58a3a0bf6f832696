import type { Instant } from '../units/time.ts';

/** A scheme that came by upload. Never changed: an edit is the next revision. */
export interface StoredScheme {
  readonly id: string;
  /** From 1, or from 2 where a scheme of this id comes with the program. */
  readonly revision: number;
  readonly file: unknown;
  /** SHA-256 of the file as JSON. */
  readonly hash: string;
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
}

export interface SchemeStore {
  /** Rejects with StoreConflict `already_exists` when the revision is taken. */
  add(scheme: StoredScheme): Promise<void>;
  /** By id and revision; files left out. */
  list(): Promise<readonly Omit<StoredScheme, 'file'>[]>;
  get(id: string, revision: number): Promise<StoredScheme | null>;
}
