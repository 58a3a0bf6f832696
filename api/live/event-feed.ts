import type { EventLog, EventRow } from '../../core/ports/event-log.ts';

const BATCH = 500;
/** A client further behind than this gets a snapshot: it is smaller and faster than replaying. */
const BACKLOG_MAX = 2_000;

export interface EventFeed {
  /** The newest seq handed to the listener. */
  seq(): number;
  /** Reads what is new and hands it on in commit order; calls while one runs are folded into one more. */
  pull(): Promise<void>;
  /** Hands on nothing any more: another feed may have taken over. */
  stop(): void;
  /** Rows after `after` up to {@link seq}; null when they are too many, or `after` is from another history. */
  since(after: number): Promise<readonly EventRow[] | null>;
}

/** The committed changes of one site from now on, gapless: nudges only say when to look. */
export function createEventFeed(
  events: EventLog,
  site: string,
  from: number,
  onRows: (rows: readonly EventRow[]) => void,
): EventFeed {
  let seq = from;
  let pulling: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  async function pullAll(): Promise<void> {
    try {
      do {
        again = false;
        await pullOnce();
      } while (again && !stopped);
    } finally {
      // In the same step as the last look at `again`: a call that comes later starts anew.
      pulling = null;
    }
  }

  async function pullOnce(): Promise<void> {
    for (let full = true; full; ) {
      const rows = await events.read(site, seq, BATCH);
      if (stopped || rows.length === 0) return;
      seq = rows.at(-1)?.seq ?? seq;
      onRows(rows);
      full = rows.length === BATCH;
    }
  }

  return {
    seq: () => seq,
    pull() {
      again = pulling !== null;
      pulling ??= pullAll();
      return pulling;
    },
    stop() {
      stopped = true;
    },
    async since(after) {
      if (after > seq || seq - after > BACKLOG_MAX) return null;
      const rows: EventRow[] = [];
      for (let last = after; last < seq; ) {
        const batch = await events.read(site, last, BATCH);
        if (batch.length === 0) return null;
        rows.push(...batch);
        last = batch.at(-1)?.seq ?? last;
      }
      return rows;
    },
  };
}
