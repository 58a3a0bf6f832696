import { language, t } from './i18n/language.svelte.ts';
import { moneyText } from './money-text.ts';

/** `14:26` in the site's zone; with seconds for a clock. */
export function timeOfDay(at: number, timeZone: string, seconds = false): string {
  return new Intl.DateTimeFormat(language(), {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
    timeZone,
  }).format(at);
}

export function dayAndMonth(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat(language(), { month: '2-digit', day: '2-digit', timeZone }).format(at);
}

export function dateTime(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat(language(), {
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(at);
}

/** A length of time in the two largest units that matter. */
export function duration(length_ms: number): string {
  const seconds = Math.max(0, Math.floor(length_ms / 1000));
  if (seconds < 60) return t('time.seconds', { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t('time.minutes', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t('time.hours', { h: hours, m: minutes % 60 });
  return t('time.days', { d: Math.floor(hours / 24), h: hours % 24 });
}

export function integer(value: number): string {
  return new Intl.NumberFormat(language()).format(value);
}

export function decimal(value: number, digits: number): string {
  return new Intl.NumberFormat(language(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

export function money(amount: string, currency: string): string {
  return moneyText(amount, currency, language());
}
