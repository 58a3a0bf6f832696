import { DAY_MS } from './day-file.ts';

/** Readings may be this late before their day is sealed without them. */
const GRACE_MS = 600_000;

/** So many late rows are worth writing their days' files anew before the next day ends. */
const LATE_ROWS = 1_000_000;

/** Batches to wait after a seal that failed, e.g. on a full disk. */
const PAUSE_BATCHES = 500;

/**
 * Says when to seal, by the arrivals written and by no clock: days before the latest arrival, less a grace, are
 * closed. Late rows of sealed days wait for the next day's end, because a day's file is written anew for them.
 */
export interface SealSchedule {
  /** Days before this one are closed. */
  readonly closedBefore: number;
  note(ts: Float64Array, arrival: Float64Array): void;
  due(): boolean;
  begin(): void;
  failed(): void;
}

/** `openedDay`: the oldest day with open rows, if any. */
export function createSealSchedule(latestArrival: number, openedDay: number | null): SealSchedule {
  let latest = latestArrival;
  let late = 0;
  let pause = 0;
  let passed = openedDay ?? closedBefore();

  function closedBefore(): number {
    return Math.floor((latest - GRACE_MS) / DAY_MS);
  }

  return {
    get closedBefore() {
      return closedBefore();
    },
    note(ts, arrival) {
      pause = Math.max(0, pause - 1);
      for (const at of arrival) if (at > latest) latest = at;
      const closed_ms = closedBefore() * DAY_MS;
      for (const at of ts) if (at < closed_ms) late += 1;
    },
    due: () => pause === 0 && (closedBefore() > passed || late >= LATE_ROWS),
    begin() {
      passed = closedBefore();
      late = 0;
    },
    failed() {
      passed = Number.NEGATIVE_INFINITY;
      pause = PAUSE_BATCHES;
    },
  };
}
