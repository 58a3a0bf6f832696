import type { MessageStage } from '../notices/notice.ts';
import { wallInstant } from '../roster/wall-clock.ts';
import { localDate, plusDays } from '../units/calendar.ts';
import type { Instant } from '../units/time.ts';
import type { QuietHours } from './profile.ts';

/** The end of the quiet hours `at` falls into; null outside them. On the days the clock changes they end by the wall clock too. */
export function quietUntil({ from, to }: QuietHours, zone: string, at: Instant): Instant | null {
  if (from === to) return null;
  const today = localDate(at, zone);
  for (const day of [plusDays(today, -1), today]) {
    const begins = wallInstant(day, from, zone);
    const ends = wallInstant(from < to ? day : plusDays(day, 1), to, zone);
    if (begins <= at && at < ends) return ends;
  }
  return null;
}

/** What may wake somebody: danger always; everything else can wait until the morning. */
export function wakes(stage: MessageStage, dependent: boolean): boolean {
  return stage === 'danger' || (dependent && (stage === 'lost' || stage === 'opened'));
}
