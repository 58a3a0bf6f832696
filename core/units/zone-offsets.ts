import { Temporal } from 'temporal-polyfill';
import type { Instant } from './time.ts';

/** A stretch of the UTC line in which a zone keeps one offset. */
interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  readonly offset_ms: number;
}

const known = new Map<string, Stretch[]>();
const STRETCHES_KEPT = 512;

/** What a zone's wall clock is ahead of UTC. Each stretch between two changes of the clock is asked for once. */
export function offset_ms(at: Instant, zone: string): number {
  const stretches = known.get(zone) ?? [];
  for (const stretch of stretches) if (stretch.from <= at && at < stretch.to) return stretch.offset_ms;
  const found = stretchAt(at, zone);
  if (stretches.length >= STRETCHES_KEPT) stretches.length = 0;
  stretches.unshift(found);
  known.set(zone, stretches);
  return found.offset_ms;
}

function stretchAt(at: Instant, zone: string): Stretch {
  const here = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  // `previous` looks strictly before, so a change at this very instant is found from the millisecond after it.
  const before = here.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
  const after = here.getTimeZoneTransition('next');
  return {
    from: before?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    to: after?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offset_ms: here.offsetNanoseconds / 1_000_000,
  };
}
