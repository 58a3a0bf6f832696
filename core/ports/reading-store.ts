import type { Instant } from '../units/time.ts';

/**
 * Readings in columns, so that a batch crosses threads and reaches a store without one object per value.
 * Row i is device `devices[device[i]]` at `ts[i]`; `values[f][i]` is field `fields[f]`, NaN (or an infinity) where absent.
 */
export interface ReadingBatch {
  readonly devices: readonly DeviceRef[];
  readonly device: Uint32Array;
  /** Device time, epoch ms. */
  readonly ts: Float64Array;
  /** Arrival, epoch ms: where (site, device, ts) repeats, the later arrival wins, in every store and query. */
  readonly arrival: Float64Array;
  readonly fields: readonly string[];
  readonly values: readonly Float64Array[];
}

export interface DeviceRef {
  readonly site: string;
  readonly device: string;
}

export interface HistoryQuery extends DeviceRef {
  readonly fields: readonly string[];
  /** Inclusive. */
  readonly from: Instant;
  /** Exclusive. */
  readonly to: Instant;
  /** At most this many buckets; each bucket keeps its lowest and highest value, so that a dip survives. */
  readonly buckets: number;
}

export interface HistoryBucket {
  /** Start of the bucket, never before the query's `from`; `historyGrid` says how wide buckets are. */
  readonly at: Instant;
  /** Readings in the bucket, whatever fields they carry. A bucket without any reading is left out. */
  readonly count: number;
  /** Per field of the query, in its order; null where the bucket has no value. */
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
}

/** The store is unreachable, refusing or full. `retryable` false: the batch itself is at fault and would fail again. */
export class ReadingStoreError extends Error {
  readonly retryable: boolean;
  readonly code: 'unreachable' | 'refused' | 'full';
  constructor(
    code: 'unreachable' | 'refused' | 'full',
    message: string,
    options: { retryable: boolean; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = 'ReadingStoreError';
    this.code = code;
    this.retryable = options.retryable;
  }
}

/** Time series of readings. Rejects with ReadingStoreError only. */
export interface ReadingStore {
  /**
   * Durable once it resolves; writing the same batch again changes nothing. Batches come in order of arrival:
   * a store that keeps no arrivals apart lets the batch written last win.
   */
  write(batch: ReadingBatch): Promise<void>;
  history(query: HistoryQuery): Promise<readonly HistoryBucket[]>;
  /** Rows with distinct (device, ts) of a site in [from, to). */
  count(site: string, from: Instant, to: Instant): Promise<number>;
  /** Deletes readings older than `before`; a store may keep those of the last day before it. */
  retain(site: string, before: Instant): Promise<void>;
  /** Resolves with what answered (name and version) when the store is ready. */
  ready(): Promise<string>;
  close(): Promise<void>;
}
