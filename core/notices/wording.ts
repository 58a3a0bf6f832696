import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../units/time.ts';

/** Names come from site files of any length; a message has a price per part. */
const NAME_CHARACTERS = 30;
const EXPLANATION_CHARACTERS = 160;
const PREMISES_LISTED = 4;

export interface LocalMinute {
  readonly month: number;
  readonly day: number;
  /** `14:03` */
  readonly time: string;
}

export function localMinute(at: Instant, timeZone: string): LocalMinute {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const two = (value: number): string => value.toString().padStart(2, '0');
  return { month: local.month, day: local.day, time: `${two(local.hour)}:${two(local.minute)}` };
}

/** One line, without control characters, at most `characters` long. */
export function clip(text: string, characters: number): string {
  const clean = [
    ...text
      .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
      .replace(/ {2,}/g, ' ')
      .trim(),
  ];
  return clean.length <= characters
    ? clean.join('')
    : `${clean
        .slice(0, characters - 2)
        .join('')
        .trimEnd()}..`;
}

export function clipName(text: string): string {
  return clip(text, NAME_CHARACTERS);
}

export function clipExplanation(text: string): string {
  return clip(text, EXPLANATION_CHARACTERS);
}

/** The premises to name, and how many go unnamed. */
export function listed(premises: readonly string[]): {
  readonly names: readonly string[];
  readonly more: number;
} {
  const names = premises.slice(0, PREMISES_LISTED).map(clipName);
  return { names, more: premises.length - names.length };
}

/** Whole minutes, a started one counting: nobody was without power for 0 minutes. */
export function lasting(from: Instant, to: Instant): { readonly hours: number; readonly minutes: number } {
  const minutes = Math.max(1, Math.ceil((to - from) / 60_000));
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
}
