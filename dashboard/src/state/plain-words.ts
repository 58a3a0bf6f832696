import { timeOfDay } from '../format.ts';
import type { CurrentSite } from './current-site.svelte.ts';

const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g;
const ID = /[A-Za-z0-9._-]+/g;

/** The server names nodes by id and instants in UTC; people read names and the site's clock. */
export function plainWords(text: string, site: CurrentSite): string {
  return text
    .replace(INSTANT, (instant) => timeOfDay(Date.parse(instant), site.view.timeZone, true))
    .replace(ID, (word) => {
      const end = /[.]+$/.exec(word)?.[0] ?? '';
      const id = word.slice(0, word.length - end.length);
      const name = /[A-Za-z]/.test(id) ? site.tree.byId.get(id)?.name : undefined;
      return name === undefined ? word : name + end;
    });
}
