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
