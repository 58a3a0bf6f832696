import { fromSiteClock, toSiteClock } from './site-clock.ts';
import type { Tellable } from './told-facts.ts';

/** What was typed as the value the server keeps; null where it cannot be read. Instants are typed in the site's time. */
export function toValue(input: Tellable | null, text: string, timeZone: string): unknown {
  switch (input?.type) {
    case 'flag':
      return text === 'true';
    case 'instant':
      return new Date(fromSiteClock(text.length === 16 ? `${text}:00` : text, timeZone)).toISOString();
    case 'intervals':
    case 'weights':
    case 'list':
      return parsed(text);
    default:
      return text.trim();
  }
}

export function toText(input: Tellable | null, value: unknown, timeZone: string): string {
  if (value === null || value === undefined) return '';
  if (input?.type === 'instant' && typeof value === 'string')
    return toSiteClock(Date.parse(value), timeZone).slice(0, 16);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
