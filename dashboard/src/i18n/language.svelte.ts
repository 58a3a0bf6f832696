import { en } from './en.ts';
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

/** The message in the person's language, `{n}` filled in and `{n:one|many}` chosen; a missing parameter shows as its name, which a test would see. */
export function t(key: MessageKey, params: Readonly<Record<string, string | number>> = {}): string {
  return languages[current.language][key]
    .replace(/\{(\w+):([^|}]*)\|([^}]*)\}/g, (_, name: string, one: string, other: string) =>
      String(params[name]) === '1' ? one : other,
    )
    .replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
