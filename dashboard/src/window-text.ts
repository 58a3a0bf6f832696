import { timeOfDay } from './format.ts';
import { language } from './i18n/language.svelte.ts';

/** A day with its weekday and a minute: what people plan by. */
export function dayTime(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat(language(), {
    month: 'short',
    day: 'numeric',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(at);
}

/** From when to when; the day is said once when it is the same. */
export function windowText(from: number, to: number, timeZone: string): string {
  const day = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone });
  const same = day.format(from) === day.format(to);
  return `${dayTime(from, timeZone)} – ${same ? timeOfDay(to, timeZone) : dayTime(to, timeZone)}`;
}
