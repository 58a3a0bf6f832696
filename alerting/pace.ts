import type { Clock } from '../core/ports/clock.ts';

/** What a late event loop may make up for at once: a provider counts what arrives within a second. */
const LATE_MS = 50;

/** Lets one caller through every 1/rate seconds, in the order they came. */
export interface Pace {
  /** How long who comes now will wait. */
  queue_ms(): number;
  /** False when `signal` ended the wait. */
  turn(signal?: AbortSignal): Promise<boolean>;
}

export function createPace(rate_per_s: number, clock: Clock): Pace {
  const gap_ms = 1_000 / rate_per_s;
  const waiting = new Set<() => void>();
  let next = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  /** Whoever is due by `now`; the rest when the next is. */
  function release(now: number): void {
    next = Math.max(next, now - LATE_MS);
    for (const go of waiting) {
      if (next > now) break;
      next += gap_ms;
      go();
    }
    if (waiting.size === 0 || timer !== undefined) return;
    const due = next;
    timer = setTimeout(() => {
      timer = undefined;
      release(Math.max(due, clock.monotonic()));
    }, due - now);
  }

  return {
    queue_ms: () => Math.max(0, next - clock.monotonic()) + waiting.size * gap_ms,
    turn(signal) {
      if (signal?.aborted === true) return Promise.resolve(false);
      return new Promise((resolve) => {
        const go = (): void => end(true);
        const onAbort = (): void => end(false);
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.add(go);
        if (waiting.size === 1) {
          const now = clock.monotonic();
          next = Math.max(next, now);
          release(now);
        }

        function end(passed: boolean): void {
          waiting.delete(go);
          signal?.removeEventListener('abort', onAbort);
          resolve(passed);
        }
      });
    },
  };
}

/** False when `signal` ended it early. */
export function wait(delay_ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  if (delay_ms < 1) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(true), delay_ms);
    const onAbort = (): void => end(false);
    signal.addEventListener('abort', onAbort, { once: true });

    function end(passed: boolean): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(passed);
    }
  });
}
