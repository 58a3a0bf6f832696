import { t, wordOr } from '../i18n/language.svelte.ts';
import { manage } from '../i18n/pages/manage.ts';
import type { MessageKey } from '../i18n/zh-cn.ts';
import { routes } from '../routes.ts';
import { mayOpen } from './may-open.ts';

const PREFIX = '/s/:site';
/** Pages that have a place of their own in the navigation. */
const TABS: Readonly<Record<string, MessageKey>> = {
  '': 'nav.board',
  incidents: 'nav.incidents',
  network: 'nav.network',
  devices: 'nav.devices',
  manage: 'nav.manage',
  me: 'nav.me',
};

/** Every page of a site that is about no single thing and that this person may open, by its name; a new route comes along by itself. */
export function namedPages(): readonly { readonly path: string; readonly name: string }[] {
  return routes
    .filter(({ pattern }) => isPlace(pattern) && mayOpen(pattern))
    .map(({ pattern }) => {
      const path = pattern.slice(PREFIX.length);
      return { path, name: nameOf(path.slice(1)) };
    });
}

function isPlace(pattern: string): boolean {
  return pattern.startsWith(PREFIX) && !pattern.slice(PREFIX.length).includes(':');
}

export function nameOf(page: string): string {
  const tab = TABS[page];
  if (tab !== undefined) return t(tab);
  if (page === 'planned/new') return wordOr(manage, 'plannedNew', page);
  const key = page.replaceAll(/[-/](\w)/g, (_, letter: string) => letter.toUpperCase());
  return wordOr(manage, key, page);
}
