import type { EventLog, EventRow } from '../../core/ports/event-log.ts';

const BATCH = 500;
/** A client further behind than this gets a snapshot: it is smaller and faster than replaying. */
const BACKLOG_MAX = 2_000;

export interface EventFeed {
  /** The newest seq handed to the listener. */
  seq(): number;
  /** Reads what is new and hands it on in commit order; calls while one runs are folded into one more. */
  pull(): Promise<void>;
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

  async function pullAll(): Promise<void> {
    do {
      again = false;
      for (let rows = await events.read(site, seq, BATCH); rows.length > 0; ) {
        seq = rows.at(-1)?.seq ?? seq;
        onRows(rows);
        rows = rows.length < BATCH ? [] : await events.read(site, seq, BATCH);
      }
    } while (again);
  }

  return {
    seq: () => seq,
    pull() {
      again = pulling !== null;
      pulling ??= pullAll().finally(() => {
        pulling = null;
      });
      return pulling;
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
