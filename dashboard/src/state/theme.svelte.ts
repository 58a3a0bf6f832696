import type { Theme } from '../../../contracts/http/common.ts';

const system = window.matchMedia('(prefers-color-scheme: dark)');
const current = $state<{ chosen: Theme; systemDark: boolean }>({
  chosen: 'system',
  systemDark: system.matches,
});
system.addEventListener('change', ({ matches }) => {
  current.systemDark = matches;
});

/** What is on screen now; pictures that read colours from the style sheet draw themselves anew when it changes. */
export function themeOf(): 'light' | 'dark' {
  if (current.chosen !== 'system') return current.chosen;
  return current.systemDark ? 'dark' : 'light';
}

/** `system` follows the device; the choice is kept for the next first paint. */
export function applyTheme(theme: Theme): void {
  current.chosen = theme;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem('relight.theme');
    else localStorage.setItem('relight.theme', theme);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}
