import { language, t } from './i18n/language.svelte.ts';

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

/** Midnight before `at` in the site's zone; right to the hour on days without a change of clocks. */
export function startOfDay(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
    timeZone,
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((entry) => entry.type === type)?.value ?? 0);
  const since_s = part('hour') * 3600 + part('minute') * 60 + part('second');
  return at - since_s * 1000 - (at % 1000);
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

/** A running clock: `08:41`, from one hour on `1:14:51`. */
export function stopwatch(length_ms: number): string {
  const seconds = Math.max(0, Math.floor(length_ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours === 0 ? rest : `${hours}:${rest}`;
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

/** Money arrives as decimal text and is shown digit by digit as it came: no binary float touches it. */
export function money(amount: string, currency: string): string {
  const parts = new Intl.NumberFormat(language(), {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  }).formatToParts(0);
  const symbol = parts.find(({ type }) => type === 'currency')?.value ?? currency;
  const [whole = '0', fraction] = amount.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${amount.startsWith('-') ? '−' : ''}${symbol} ${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}
