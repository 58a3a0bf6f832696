import type { Clock } from '../../core/ports/clock.ts';

const HOUR_MS = 3_600_000;
const PHONES_KEPT = 10_000;

/** True for the first `most` messages of a telephone within an hour. */
export function createPhoneRate(most: number, clock: Pick<Clock, 'monotonic'>): (phone: string) => boolean {
  const counts = new Map<string, { readonly since: number; count: number }>();

  return (phone) => {
    const now = clock.monotonic();
    const known = counts.get(phone);
    const current = known !== undefined && now - known.since < HOUR_MS ? known : { since: now, count: 0 };
    current.count += 1;
    counts.delete(phone);
    counts.set(phone, current);
    for (const oldest of counts.keys()) {
      if (counts.size <= PHONES_KEPT) break;
      counts.delete(oldest);
    }
    return current.count <= most;
  };
}
