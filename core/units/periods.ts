import { type Interval, localDate, plusDays, plusMonths, startOfDay } from './calendar.ts';
import type { LocalDate } from './civil.ts';
import type { Instant } from './time.ts';

export const PERIODS = ['day', 'month', 'quarter', 'half_year', 'year'] as const;
export type PeriodName = (typeof PERIODS)[number];

/** Calendar periods one after the other: years that begin on 1 April, quarters, months, days. */
export interface PeriodRule {
  readonly period: PeriodName;
  /** `MM-DD` on which a year begins, a day every month has; quarters and half years are counted from it. */
  readonly starting: string;
}

/** The 29th to the 31st are no such days: months without them would move the borders of the quarters that follow. */
export function isYearStart(text: unknown): text is string {
  return typeof text === 'string' && /^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$/.test(text);
}

/** One of them: its name (`2024`, `2024-04-01` for a year not of the calendar, `2024-02`, `2024-02-10`), first and last day. */
export interface Period {
  readonly name: string;
  readonly first: LocalDate;
  readonly last: LocalDate;
}

const MONTHS: Readonly<Record<Exclude<PeriodName, 'day'>, number>> = {
  month: 1,
  quarter: 3,
  half_year: 6,
  year: 12,
};

export function periodOf(date: LocalDate, { period, starting }: PeriodRule): Period {
  if (period === 'day') return { name: date, first: date, last: date };
  const length = MONTHS[period];
  // Months are those of the calendar, wherever the year begins; from a year before, steps lead up to any other.
  let first =
    period === 'month' ? `${date.slice(0, 7)}-01` : plusMonths(`${date.slice(0, 4)}-${starting}`, -12);
  for (let next = plusMonths(first, length); next <= date; next = plusMonths(first, length)) first = next;
  return { name: nameOf(first, period), first, last: plusDays(plusMonths(first, length), -1) };
}

function nameOf(first: LocalDate, period: PeriodName): string {
  if (period === 'month') return first.slice(0, 7);
  return period === 'year' && first.endsWith('-01-01') ? first.slice(0, 4) : first;
}

/** The parts of an interval that lie in one period each, in order. */
export function byPeriod(
  interval: Interval,
  rule: PeriodRule,
  zone: string,
): readonly (Interval & { readonly period: Period })[] {
  const parts: (Interval & { period: Period })[] = [];
  let from: Instant = interval.from;
  while (from < interval.to) {
    const period = periodOf(localDate(from, zone), rule);
    const to = Math.min(startOfDay(plusDays(period.last, 1), zone), interval.to);
    parts.push({ from, to, period });
    from = to;
  }
  return parts;
}
