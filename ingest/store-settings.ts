import type { Site } from '../core/topology/site.ts';

/** Which store keeps readings; crosses into the worker thread as plain data. */
export type ReadingStoreSettings =
  | {
      readonly kind: 'duckdb';
      readonly directory: string;
      readonly memoryLimit_mb: number;
      readonly limit_bytes: number;
    }
  | {
      readonly kind: 'influx';
      readonly url: string;
      readonly bucket: string;
      readonly token?: string;
      readonly org?: string;
      readonly username?: string;
      readonly password?: string;
    };

/** What the worker thread is born with. */
export interface StoreWorkerData {
  readonly store: ReadingStoreSettings;
  readonly journalDirectory: string;
  readonly deadLetterDirectory: string;
  /** Where the `store` reader stands. */
  readonly from: number;
  readonly sites: readonly Site[];
}
