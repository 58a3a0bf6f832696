import type { Language } from './language.svelte.ts';

/** A minute by the clock of the site, with its day where that is not today. */
export function minuteOf(
  at: string | number,
  timeZone: string,
  language: Language,
  now = Date.now(),
): string {
  const date = new Date(at);
  const time = new Intl.DateTimeFormat(language, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const day = new Intl.DateTimeFormat(language, { timeZone, month: 'short', day: 'numeric' });
  const today = day.format(date) === day.format(new Date(now));
  return today ? time.format(date) : `${day.format(date)} ${time.format(date)}`;
}

/** Whole minutes, a started one counting. */
export function lastingText(minutes: number, language: Language): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (language === 'zh-CN')
    return hours === 0 ? `${rest} 分钟` : `${hours} 小时${rest === 0 ? '' : ` ${rest} 分`}`;
  return hours === 0 ? `${rest} min` : `${hours} h${rest === 0 ? '' : ` ${rest} min`}`;
}

export function minutesBetween(from: string | number, to: number): number {
  return Math.max(1, Math.ceil((to - new Date(from).getTime()) / 60_000));
}

/** The shared second hand of a page. */
export function everySecond(tell: (now: number) => void): () => void {
  const timer = setInterval(() => tell(Date.now()), 1_000);
  return () => clearInterval(timer);
}
