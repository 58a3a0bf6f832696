import type { Words } from './define-words.ts';
import { en } from './en.ts';
import { fill } from './fill.ts';
import { type MessageKey, type Messages, zhCn } from './zh-cn.ts';

export type Language = 'zh-CN' | 'en';

const languages: Readonly<Record<Language, Messages>> = { 'zh-CN': zhCn, en };

const current = $state<{ language: Language }>({
  language: document.documentElement.lang === 'en' ? 'en' : 'zh-CN',
});

export function language(): Language {
  return current.language;
}

export function chooseLanguage(chosen: Language): void {
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
  return fill(languages[current.language][key], params);
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
