// Runs before the first paint, so that the chosen theme and language never flash.
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem('relight.theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    root.lang = localStorage.getItem('relight.language') === 'en' ? 'en' : 'zh-CN';
  } catch {
    // Storage may be forbidden; the defaults stand.
  }
})();
