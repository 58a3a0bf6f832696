import type { Theme } from '../../../contracts/http/common.ts';

/** `system` follows the device; the choice is kept for the next first paint. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem('relight.theme');
    else localStorage.setItem('relight.theme', theme);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}
