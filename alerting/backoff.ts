import type { AlertingLimits } from './limits.ts';

/**
 * Milliseconds until the next try after `attempts` of them: doubling up to a bound, each wait drawn between its half and
 * its whole so that many that failed together do not return together. A provider's own wish counts as a minimum.
 */
export function backoff_ms(
  attempts: number,
  limits: Pick<AlertingLimits, 'backoff_ms' | 'backoffMax_ms'>,
  random: number,
  asked_ms = 0,
): number {
  const doubled = Math.min(
    limits.backoffMax_ms,
    limits.backoff_ms * 2 ** Math.min(30, Math.max(0, attempts - 1)),
  );
  return Math.round(Math.max(asked_ms, doubled / 2) + (doubled / 2) * random);
}
