import { expect } from 'vitest';

/** Asks again until the assertion holds: on a busy machine a second is nothing. */
export function eventually<T>(ask: () => T, timeout_ms = 15_000) {
  return expect.poll(ask, { timeout: timeout_ms, interval: 20 });
}
