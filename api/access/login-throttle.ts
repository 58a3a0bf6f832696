import type { Clock } from '../../core/ports/clock.ts';
import { Refused } from '../errors.ts';

const WINDOW_MS = 15 * 60_000;
const REMEMBERED_MAX = 20_000;

/** Failures allowed in the window. A pair is tight; an account alone is loose, so that a stranger cannot lock its owner out cheaply. */
const LIMITS = { pair: 5, account: 50, address: 30 };

export interface LoginThrottle {
  /** Counts an attempt before its password is looked at; refuses when too many failed. Returns the undo for a success. */
  attempt(account: string, address: string): () => void;
}

/** In memory, fixed windows from the first failure; the entry that began longest ago goes first when full. */
export function createLoginThrottle(clock: Clock): LoginThrottle {
  const failures = new Map<string, { since: number; count: number }>();

  function entry(key: string, now: number): { since: number; count: number } {
    const known = failures.get(key);
    if (known !== undefined && now - known.since < WINDOW_MS) return known;
    failures.delete(key);
    const fresh = { since: now, count: 0 };
    failures.set(key, fresh);
    if (failures.size > REMEMBERED_MAX) {
      for (const oldest of failures.keys()) {
        failures.delete(oldest);
        break;
      }
    }
    return fresh;
  }

  return {
    attempt(account, address) {
      const now = clock.monotonic();
      const counted = [
        { entry: entry(`pair ${account} ${address}`, now), limit: LIMITS.pair },
        { entry: entry(`account ${account}`, now), limit: LIMITS.account },
        { entry: entry(`address ${address}`, now), limit: LIMITS.address },
      ];
      const full = counted.find((one) => one.entry.count >= one.limit);
      if (full !== undefined) {
        throw new Refused('too_many_attempts', {
          retryAfter_s: Math.ceil((full.entry.since + WINDOW_MS - now) / 1000),
        });
      }
      for (const one of counted) one.entry.count += 1;
      return () => {
        for (const one of counted) one.entry.count -= 1;
      };
    },
  };
}
