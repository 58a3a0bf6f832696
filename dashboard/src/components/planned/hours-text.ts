import { wordsOf } from '../../i18n/language.svelte.ts';
import { planned } from '../../i18n/pages/planned.ts';

const w = wordsOf(planned);

/** Whole days as days, anything else in hours. */
export function hoursText(hours: number): string {
  return hours % 24 === 0 && hours > 24 ? w('days', { d: hours / 24 }) : w('hours', { h: hours });
}
