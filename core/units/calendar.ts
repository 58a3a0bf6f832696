import { Temporal } from 'temporal-polyfill';
import type { Instant } from './time.ts';

/** A half-open stretch of the UTC time line. */
export interface Interval {
  readonly from: Instant;
  readonly to: Instant;
}

export function isTimeZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** `2024-02-10` on the wall calendar of the zone. */
export function localDate(at: Instant, zone: string): string {
  return zoned(at, zone).toPlainDate().toString();
}

/** `2024-02` */
export function localMonth(at: Instant, zone: string): string {
  return zoned(at, zone).toPlainDate().toPlainYearMonth().toString();
}

/** The local date `days` calendar days later. */
export function plusDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

export function daysInMonth(month: string): number {
  return Temporal.PlainYearMonth.from(month).daysInMonth;
}

/** The parts of an interval that lie in one local month each, in order. */
export function byMonth(
  interval: Interval,
  zone: string,
): readonly (Interval & { readonly month: string })[] {
  const parts: (Interval & { month: string })[] = [];
  let from = interval.from;
  while (from < interval.to) {
    const start = zoned(from, zone).toPlainDate().with({ day: 1 });
    const next = start.add({ months: 1 }).toZonedDateTime(zone).epochMilliseconds;
    const to = Math.min(next, interval.to);
    parts.push({ from, to, month: start.toPlainYearMonth().toString() });
    from = to;
  }
  return parts;
}

/** Every local date the interval touches; one that ends at midnight does not touch the day that begins then. */
export function touchedDates(interval: Interval, zone: string): readonly string[] {
  if (interval.to <= interval.from) return [];
  const last = zoned(interval.to - 1, zone).toPlainDate();
  const dates: string[] = [];
  for (
    let date = zoned(interval.from, zone).toPlainDate();
    Temporal.PlainDate.compare(date, last) <= 0;
    date = date.add({ days: 1 })
  ) {
    dates.push(date.toString());
  }
  return dates;
}

/** Real length of a local day: 23 or 25 hours twice a year in many zones. */
export function dayLength_ms(date: string, zone: string): number {
  const day = Temporal.PlainDate.from(date);
  const start = day.toZonedDateTime(zone).epochMilliseconds;
  return day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds - start;
}

function zoned(at: Instant, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
}
