import { dateText, dayOf, type LocalDate, weekday } from './civil.ts';

/** Which days are worked: a week, its holidays, and days worked in exchange for one (调休). */
export interface WorkCalendar {
  /** ISO week days not worked: Saturday is 6, Sunday 7. */
  readonly weekend: readonly number[];
  readonly holidays: ReadonlySet<LocalDate>;
  readonly workdays: ReadonlySet<LocalDate>;
  /** The dates the lists speak for; outside them nobody can say. */
  readonly from: LocalDate | null;
  readonly to: LocalDate | null;
}

/** Null: the calendar does not reach to this date. */
export function isWorkingDay(date: LocalDate, calendar: WorkCalendar): boolean | null {
  if (calendar.from !== null && date < calendar.from) return null;
  if (calendar.to !== null && date > calendar.to) return null;
  if (calendar.workdays.has(date)) return true;
  return !calendar.weekend.includes(weekday(dayOf(date))) && !calendar.holidays.has(date);
}

/** No deadline is further away than this; a calendar without a working day must end somewhere. */
const DAYS_MOST = 40_000;

/** The n-th working day after a date, the date itself not counted; n = 0: the date, or the next working day. Null where the calendar ends. */
export function plusWorkingDays(date: LocalDate, count: number, calendar: WorkCalendar): LocalDate | null {
  let day = dayOf(date);
  let left = count;
  for (let step = 0; step < DAYS_MOST; step += 1) {
    if (step > 0 || count === 0) {
      const working = isWorkingDay(dateText(day), calendar);
      if (working === null) return null;
      if (working && count === 0) return dateText(day);
      if (working) left -= 1;
      if (count > 0 && left === 0) return dateText(day);
    }
    day += 1;
  }
  return null;
}

/** Working days after `from` up to and including `to`. */
export function workingDaysBetween(from: LocalDate, to: LocalDate, calendar: WorkCalendar): number | null {
  let count = 0;
  for (let day = dayOf(from) + 1; day <= Math.min(dayOf(to), dayOf(from) + DAYS_MOST); day += 1) {
    const working = isWorkingDay(dateText(day), calendar);
    if (working === null) return null;
    if (working) count += 1;
  }
  return count;
}
