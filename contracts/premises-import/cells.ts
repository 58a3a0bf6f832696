import type { ChannelName, QuietHours } from '../../core/people/profile.ts';

/** What a cell says, or the code of what is wrong with it. Empty cells never get here: they say nothing. */
export type Said<T> = { readonly value: T } | { readonly code: string };

const E164 = /^\+[1-9]\d{5,14}$/;
const YES = new Set(['1', 'y', 'yes', 'true', '是', '有', '√', 'x']);
const NO = new Set(['0', 'n', 'no', 'false', '否', '无', '没有']);
const LANGUAGES: Readonly<Record<string, 'zh-CN' | 'en'>> = {
  'zh-cn': 'zh-CN',
  zh: 'zh-CN',
  中文: 'zh-CN',
  en: 'en',
  english: 'en',
  英文: 'en',
  英语: 'en',
};
const CHANNELS: Readonly<Record<string, ChannelName>> = {
  sms: 'sms',
  短信: 'sms',
  voice: 'voice',
  电话: 'voice',
  语音: 'voice',
  email: 'email',
  邮件: 'email',
  wechat: 'wechat',
  微信: 'wechat',
};

/** A number as people write it, as E.164. `countryCode` (`+86`) stands before numbers without one. */
export function phoneIn(cell: string, countryCode: string | undefined): Said<string> {
  const dense = cell.normalize('NFKC').replaceAll(/[\s().-]/g, '');
  const international = dense.startsWith('00') ? `+${dense.slice(2)}` : dense;
  const whole =
    international.startsWith('+') || countryCode === undefined
      ? international
      : `${countryCode}${international.replace(/^0/, '')}`;
  if (!E164.test(whole)) return { code: whole.startsWith('+') ? 'not_a_phone' : 'country_code_missing' };
  return { value: whole };
}

export function languageIn(cell: string): Said<'zh-CN' | 'en'> {
  const value = LANGUAGES[cell.trim().toLowerCase()];
  return value === undefined ? { code: 'unknown_language' } : { value };
}

export function flagIn(cell: string): Said<boolean> {
  const word = cell.trim().toLowerCase();
  if (YES.has(word)) return { value: true };
  return NO.has(word) ? { value: false } : { code: 'not_yes_or_no' };
}

/** `sms voice`, in the order to try them. */
export function channelsIn(cell: string): Said<readonly ChannelName[]> {
  const words = cell
    .trim()
    .toLowerCase()
    .split(/[\s,，、;；>]+/u);
  const channels = words.flatMap((word) => CHANNELS[word] ?? []);
  return channels.length === words.length && new Set(channels).size === words.length
    ? { value: channels }
    : { code: 'unknown_channel' };
}

/** `22:00-07:00`; `-` for none. */
export function quietIn(cell: string): Said<QuietHours | null> {
  const text = cell.normalize('NFKC').replaceAll(' ', '');
  if (text === '-') return { value: null };
  const [, from, to] = /^(\d{1,2}:\d{2})[-–—~至到](\d{1,2}:\d{2})$/u.exec(text) ?? [];
  const times = [from, to].map((time) => time?.padStart(5, '0') ?? '');
  if (!times.every((time) => /^([01]\d|2[0-3]):[0-5]\d$/.test(time))) return { code: 'not_a_time_range' };
  return { value: { from: times[0] ?? '', to: times[1] ?? '' } };
}

export function numberIn(cell: string): Said<number> {
  const value = Number(cell.normalize('NFKC').trim());
  return Number.isFinite(value) ? { value } : { code: 'not_a_number' };
}
