import type { Clock } from '../core/ports/clock.ts';
import type { Outbox } from '../core/ports/outbox.ts';

/** Senders in other processes are noticed this late; a cap may be passed by what they send meanwhile. */
const FRESH_MS = 5_000;
/** Incidents whose spending is kept at hand. */
const METERS_KEPT = 500;

interface Meter {
  spent(): number;
  add(segments: number): void;
}

/** Segments to owners within a span of time, of one subject or of the whole site: what the outbox says, and what left since. */
export function createSpending(
  outbox: Pick<Outbox, 'spent'>,
  clock: Clock,
): (site: string, span_ms: number, subject?: string) => Promise<Meter> {
  const known = new Map<string, { readonly readAt: number; readonly meter: Promise<Meter> }>();

  async function read(site: string, span_ms: number, subject?: string): Promise<Meter> {
    let sum = await outbox.spent(site, clock.now() - span_ms, subject);
    return {
      spent: () => sum,
      add(segments) {
        sum += segments;
      },
    };
  }

  return (site, span_ms, subject) => {
    const key = JSON.stringify([site, span_ms, subject ?? null]);
    const found = known.get(key);
    if (found !== undefined && clock.monotonic() - found.readAt < FRESH_MS) return found.meter;
    const meter = read(site, span_ms, subject);
    meter.catch(() => known.delete(key));
    known.delete(key);
    known.set(key, { readAt: clock.monotonic(), meter });
    for (const oldest of known.keys()) {
      if (known.size <= METERS_KEPT) break;
      known.delete(oldest);
    }
    return meter;
  };
}
