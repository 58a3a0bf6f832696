import type { Clock } from '../../core/ports/clock.ts';
import { Refused } from '../errors.ts';

const WINDOW_MS = 15 * 60_000;
const FAILURES = 30;
const REMEMBERED_MAX = 20_000;

/**
 * Counts links that open nothing, by address. Who holds a good link is never refused for what others behind the same address
 * try; whoever guesses hears after a few tries only that it is too often.
 */
export function createLinkThrottle(clock: Clock): (address: string) => void {
  const failures = new Map<string, { since: number; count: number }>();

  return (address) => {
    const now = clock.monotonic();
    const known = failures.get(address);
    if (known === undefined || now - known.since >= WINDOW_MS) {
      failures.delete(address);
      failures.set(address, { since: now, count: 1 });
      for (const oldest of failures.keys()) {
        if (failures.size <= REMEMBERED_MAX) break;
        failures.delete(oldest);
      }
      return;
    }
    known.count += 1;
    if (known.count > FAILURES) {
      throw new Refused('too_many_attempts', {
        retryAfter_s: Math.ceil((known.since + WINDOW_MS - now) / 1000),
      });
    }
  };
}
