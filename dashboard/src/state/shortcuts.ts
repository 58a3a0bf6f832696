/** Where `g` and a letter lead, below the site's own address. */
export const PLACES = {
  b: '',
  i: '/incidents',
  n: '/network',
  d: '/devices',
  m: '/manage',
  p: '/planned',
} as const;

export type Shortcut =
  | { readonly act: 'palette' | 'sheet' | 'search' }
  | { readonly act: 'go'; readonly to: string };

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** What a key means. `before`: the key pressed just before. Single keys are nothing while somebody types, or when turned off. */
export function shortcutOf(
  { key, ctrlKey, metaKey, altKey }: Key,
  before: string | null,
  { typing, single }: { readonly typing: boolean; readonly single: boolean },
): Shortcut | null {
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'k') return { act: 'palette' };
  if (ctrlKey || metaKey || altKey || typing || !single) return null;
  if (key === '?') return { act: 'sheet' };
  if (key === '/') return { act: 'search' };
  return before === 'g' && isPlace(key) ? { act: 'go', to: PLACES[key] } : null;
}

function isPlace(key: string): key is keyof typeof PLACES {
  return key in PLACES;
}

const STORED = 'relight.single-keys';

export function singleKeys(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off';
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, 'off');
  } catch {
    // Storage may be forbidden; the keys then stay as they are.
  }
}
