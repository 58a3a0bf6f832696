import { atWallClock, type Interval, localDay, plusDays } from '../units/calendar.ts';
import { dateText, type LocalDate } from '../units/civil.ts';

/** Hours of the wall clock, every day; `to` before `from` reaches into the next day. */
export interface DailyWindow {
  readonly from_ms: number;
  readonly to_ms: number;
}

const DAY_MS = 86_400_000;

export function clockOf(text: unknown): number | null {
  const match = typeof text === 'string' ? /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/.exec(text) : null;
  if (match === null) return null;
  return match[0] === '24:00' ? DAY_MS : (Number(match[1]) * 60 + Number(match[2])) * 60_000;
}

export function dailyWindow(from: unknown, to: unknown): DailyWindow | null {
  const [from_ms, to_ms] = [clockOf(from), clockOf(to)];
  if (from_ms === null || to_ms === null || from_ms === to_ms || from_ms === DAY_MS) return null;
  return { from_ms, to_ms: to_ms < from_ms ? to_ms + DAY_MS : to_ms };
}

/** The parts of an interval that lie in the window, of the days that count. */
export function withinWindow(
  interval: Interval,
  window: DailyWindow,
  zone: string,
  counts: (date: LocalDate) => boolean,
): readonly Interval[] {
  const parts: Interval[] = [];
  const last = localDay(interval.to, zone);
  for (let day = localDay(interval.from, zone) - 1; day <= last; day += 1) {
    const date = dateText(day);
    const from = Math.max(interval.from, instantOf(date, window.from_ms, zone));
    const to = Math.min(interval.to, instantOf(date, window.to_ms, zone));
    if (from < to && counts(date)) parts.push({ from, to });
  }
  return parts;
}

function instantOf(date: string, clock_ms: number, zone: string): number {
  const days = Math.floor(clock_ms / DAY_MS);
  return atWallClock(plusDays(date, days), clock_ms % DAY_MS, zone);
}
