import { localDate, plusDays } from '../units/calendar.ts';
import type { Instant } from '../units/time.ts';
import type { Roster } from './roster.ts';
import { daysBetween, wallInstant } from './wall-clock.ts';

/** One shift of one day on the time line, `to` excluded. */
export interface ShiftSpan {
  /** Local date it starts on. */
  readonly date: string;
  /** Place among the shifts of the day. */
  readonly index: number;
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * The shift that `at` falls into; null for a roster without shifts. A shift ends where the next one starts, both taken from
 * the wall clock by one rule, so on a day of 23 or 25 hours a shift is shorter or longer and nobody is on duty twice or never.
 */
export function shiftAt(roster: Pick<Roster, 'shifts'>, zone: string, at: Instant): ShiftSpan | null {
  if (roster.shifts.length === 0) return null;
  const today = localDate(at, zone);
  const starts = [-1, 0, 1].flatMap((days) => startsOn(plusDays(today, days), roster, zone));
  const current = starts.findLastIndex(({ from }) => from <= at);
  const start = starts[current];
  const next = starts[current + 1];
  if (start === undefined || next === undefined) throw new Error(`No shift of the roster covers ${at}`);
  return { ...start, to: next.from };
}

function startsOn(date: string, { shifts }: Pick<Roster, 'shifts'>, zone: string): Omit<ShiftSpan, 'to'>[] {
  return shifts.map(({ start }, index) => ({ date, index, from: wallInstant(date, start, zone) }));
}

/** The crew of that shift: a holiday's, else the rotation's. */
export function crewOf(roster: Roster, { date, index }: Pick<ShiftSpan, 'date' | 'index'>): string | null {
  const holiday = roster.holidays.find((one) => one.date === date);
  if (holiday !== undefined) return holiday.crews[index] ?? null;
  const { length } = roster.cycle;
  if (length === 0) return null;
  const day = ((daysBetween(roster.anchor, date) % length) + length) % length;
  return roster.cycle[day]?.[index] ?? null;
}
