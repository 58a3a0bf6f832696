import { Temporal } from 'temporal-polyfill';
import { civilOf, dateText, dayNumber, dayOf, daysInMonthOf, type LocalDate } from './civil.ts';
import type { Instant } from './time.ts';
import { offset_ms } from './zone-offsets.ts';

const DAY_MS = 86_400_000;

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
export function localDate(at: Instant, zone: string): LocalDate {
  return dateText(localDay(at, zone));
}

/** `2024-02` */
export function localMonth(at: Instant, zone: string): string {
  return localDate(at, zone).slice(0, 7);
}

/** Days since 1970-01-01 on the wall calendar of the zone. */
export function localDay(at: Instant, zone: string): number {
  return Math.floor((at + offset_ms(at, zone)) / DAY_MS);
}

/** Milliseconds the wall clock shows since its midnight. */
export function wallClock_ms(at: Instant, zone: string): number {
  const wall = at + offset_ms(at, zone);
  return wall - Math.floor(wall / DAY_MS) * DAY_MS;
}

/** The local date `days` calendar days later. */
export function plusDays(date: LocalDate, days: number): LocalDate {
  return dateText(dayOf(date) + days);
}

/** The same day of the month `months` later, or that month's last day. */
export function plusMonths(date: LocalDate, months: number): LocalDate {
  const { year, month, day } = civilOf(dayOf(date));
  const index = year * 12 + month - 1 + months;
  const [toYear, toMonth] = [Math.floor(index / 12), (((index % 12) + 12) % 12) + 1];
  return dateText(dayNumber(toYear, toMonth, Math.min(day, daysInMonthOf(toYear, toMonth))));
}

export function daysInMonth(month: string): number {
  return daysInMonthOf(Number(month.slice(0, 4)), Number(month.slice(5, 7)));
}

const starts = new Map<string, Instant>();
const STARTS_KEPT = 20_000;

/** The first instant of a local date; where the clock skips midnight, the first that exists. */
export function startOfDay(date: LocalDate, zone: string): Instant {
  const key = `${date} ${zone}`;
  const known = starts.get(key);
  if (known !== undefined) return known;
  if (starts.size >= STARTS_KEPT) starts.clear();
  const found = Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
  starts.set(key, found);
  return found;
}

/** Every local date the interval touches; one that ends at midnight does not touch the day that begins then. */
export function touchedDates(interval: Interval, zone: string): readonly LocalDate[] {
  if (interval.to <= interval.from) return [];
  const last = localDay(interval.to - 1, zone);
  const dates: string[] = [];
  for (let day = localDay(interval.from, zone); day <= last; day += 1) {
    const date = dateText(day);
    if (startOfDay(date, zone) < startOfDay(dateText(day + 1), zone)) dates.push(date);
  }
  return dates;
}

/** Real length of a local day: 23 or 25 hours twice a year in many zones, 0 where a zone skipped the day. */
export function dayLength_ms(date: LocalDate, zone: string): number {
  return startOfDay(plusDays(date, 1), zone) - startOfDay(date, zone);
}

/** The instant at which the wall clock of a local date shows a time; a time that is skipped or shown twice is read as the earlier offset reads it. */
export function atWallClock(date: LocalDate, clock_ms: number, zone: string): Instant {
  return Temporal.PlainDate.from(date)
    .toPlainDateTime(Temporal.PlainTime.from('00:00').add({ milliseconds: clock_ms }))
    .toZonedDateTime(zone).epochMilliseconds;
}
