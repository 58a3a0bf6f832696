// Runs before the first paint, so that the chosen theme and language never flash.
(() => {
  var root = document.documentElement;
  try {
    var theme = localStorage.getItem('relight.theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    root.lang = localStorage.getItem('relight.language') === 'en' ? 'en' : 'zh-CN';
  } catch (_) {
    // Storage may be forbidden; the defaults stand.
  }
})();
