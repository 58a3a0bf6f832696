/** At most this many names are remembered; the one struck longest ago goes first. */
const REMEMBERED = 10_000;
const WINDOW_MS = 60_000;

/** Counts faults per name within a minute and bars the name for a while once there were too many. */
export function createStrikes(limitPerMinute: number, bar_ms: number) {
  const counted = new Map<string, { since_ms: number; count: number; barredUntil_ms: number }>();

  return {
    isBarred(name: string, now_ms: number): boolean {
      return (counted.get(name)?.barredUntil_ms ?? 0) > now_ms;
    },

    /** Adds one fault; true when it is the one that bars. */
    strike(name: string, now_ms: number): boolean {
      const before = counted.get(name);
      const fresh = before === undefined || now_ms - before.since_ms >= WINDOW_MS;
      const entry = fresh
        ? { since_ms: now_ms, count: 0, barredUntil_ms: before?.barredUntil_ms ?? 0 }
        : before;
      entry.count += 1;

      counted.delete(name);
      counted.set(name, entry);
      if (counted.size > REMEMBERED) {
        const [oldest] = counted.keys();
        if (oldest !== undefined) counted.delete(oldest);
      }

      if (entry.count <= limitPerMinute) return false;
      entry.barredUntil_ms = now_ms + bar_ms;
      entry.count = 0;
      return true;
    },
  };
}
