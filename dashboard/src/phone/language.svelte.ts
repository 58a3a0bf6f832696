export type Language = 'zh-CN' | 'en';

const KEY = 'relight.language';

/** What the person chose on this phone; otherwise what they are written to in; otherwise what the phone speaks. */
export const speech = $state<{ language: Language }>({ language: chosen() ?? spoken() });

function chosen(): Language | null {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'en' || kept === 'zh-CN' ? kept : null;
  } catch {
    return null;
  }
}

function spoken(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

/** Only while the person has chosen nothing. */
export function suggest(language: Language): void {
  if (chosen() === null) use(language);
}

export function choose(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Storage may be forbidden; the choice lasts as long as the page.
  }
  use(language);
}

export function use(language: Language): void {
  speech.language = language;
  document.documentElement.lang = language;
}
