import { toIso } from '../units/time.ts';
import type { Interruption } from './interruption.ts';

/** The interruption as JSON carries it (DESIGN 4.3): every instant RFC 3339. */
export function interruptionJson(interruption: Interruption): object {
  return {
    ...interruption,
    from: toIso(interruption.from),
    to: isoOrNull(interruption.to),
    causes: interruption.causes.map((cause) => ({
      ...cause,
      from: toIso(cause.from),
      to: isoOrNull(cause.to),
    })),
  };
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : toIso(at);
}
