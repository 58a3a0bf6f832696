import type { Words } from './define-words.ts';
import { fill } from './fill.ts';
import { type MessageKey, type Messages, zhCn } from './zh-cn.ts';

export type Language = 'zh-CN' | 'en';

/** The default language comes with the page, the others when somebody reads them. */
const languages: Record<Language, Messages | null> = { 'zh-CN': zhCn, en: null };

const current = $state<{ language: Language }>({ language: 'zh-CN' });

export function language(): Language {
  return current.language;
}

/** The language this device used last, before anything is drawn. */
export async function loadLanguage(): Promise<void> {
  if (document.documentElement.lang === 'en') await chooseLanguage('en');
}

export async function chooseLanguage(chosen: Language): Promise<void> {
  // Without its words the page stays readable in the default language.
  if (languages[chosen] === null) languages.en = (await import('./en.ts').catch(() => ({ en: zhCn }))).en;
  current.language = chosen;
  document.documentElement.lang = chosen;
  try {
    localStorage.setItem('relight.language', chosen);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** The message in the person's language. */
export function t(key: MessageKey, params: Readonly<Record<string, string | number>> = {}): string {
  return fill((languages[current.language] ?? zhCn)[key], params);
}

/** The same for the words of one subject. */
export function wordsOf<Key extends string>(words: Words<Key>) {
  return (key: Key, params: Readonly<Record<string, string | number>> = {}): string =>
    fill(words[current.language][key], params);
}

/** A word for something the server names; what has none yet keeps its own name. */
export function wordOr<Key extends string>(words: Words<Key>, key: string, otherwise: string): string {
  return isKeyOf(words, key) ? words[current.language][key] : otherwise;
}

function isKeyOf<Key extends string>(words: Words<Key>, key: string): key is Key {
  return key in words['zh-CN'];
}
