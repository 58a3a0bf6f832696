import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../units/time.ts';

/**
 * The instant at which the site's wall clock first shows `time` on `date`, or passes it: a time that the clock leaps over is
 * reached at the leap, one that it shows twice is reached the first time. Later wall times never come out earlier.
 */
export function wallInstant(date: string, time: string, zone: string): Instant {
  const wall = Temporal.PlainDateTime.from(`${date}T${time}`);
  const found = wall.toZonedDateTime(zone, { disambiguation: 'compatible' });
  if (found.toPlainDateTime().equals(wall)) return found.epochMilliseconds;
  return (found.getTimeZoneTransition('previous') ?? found).epochMilliseconds;
}

/** Whole days from one local date to another. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'day' }).days;
}
