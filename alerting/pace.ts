import type { Clock } from '../core/ports/clock.ts';

/** Lets one caller through every 1/rate seconds, in the order they came. */
export interface Pace {
  /** How long who comes now will wait. */
  queue_ms(): number;
  /** False when `signal` ended the wait. */
  turn(signal: AbortSignal): Promise<boolean>;
}

export function createPace(rate_per_s: number, clock: Clock): Pace {
  const gap_ms = 1_000 / rate_per_s;
  let next = Number.NEGATIVE_INFINITY;

  return {
    queue_ms: () => Math.max(0, next - clock.monotonic()),
    async turn(signal) {
      const now = clock.monotonic();
      const at = Math.max(now, next);
      next = at + gap_ms;
      return await wait(at - now, signal);
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
