/** What the page itself saw; `recorded` of the window while a proof runs. */
export interface Recorded {
  /** Text of the marked value and when it was painted. */
  readonly values: [text: string, at: number][];
  /** When a change came over the socket, and when its incident was painted. */
  readonly came: Record<string, number>;
  readonly painted: Record<string, number>;
  readonly longTasks: [at: number, length_ms: number][];
}

declare global {
  interface Window {
    recorded: Recorded;
    cut(away: boolean): void;
  }
}

/** Runs in the page before anything of it: listens to its socket, its pixels and its main thread. */
export function record(): void {
  window.recorded = { values: [], came: {}, painted: {}, longTasks: [] };
  const { values, came, painted, longTasks } = window.recorded;
  const Real = window.WebSocket;
  const open = new Set<WebSocket>();
  let away = false;
  window.WebSocket = class extends Real {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(away ? 'ws://127.0.0.1:9' : url, protocols);
      open.add(this);
      this.addEventListener('message', ({ data }) => {
        const id = typeof data === 'string' && data.startsWith('42["change"') ? incidentOf(data) : null;
        if (id !== null) came[id] ??= Date.now();
      });
    }
  };
  window.cut = (now) => {
    away = now;
    if (now) for (const socket of open) socket.close();
  };

  function incidentOf(data: string): string | null {
    const [, change] = JSON.parse(data.slice(2));
    return change.type === 'incident' ? change.body.id : null;
  }
  /** The frame after the one a change was drawn in has shown it. */
  function afterPaint(then: (at: number) => void): void {
    requestAnimationFrame(() => requestAnimationFrame(() => then(Date.now())));
  }

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      longTasks.push([performance.timeOrigin + startTime, duration]);
  }).observe({ type: 'longtask', buffered: true });

  let last = '';
  new MutationObserver(() => {
    const text = document.querySelector('.side .bus .num:not(h3 .num)')?.textContent ?? '';
    if (text !== last) {
      last = text;
      afterPaint((at) => values.push([/[\d.]+/.exec(text)?.[0] ?? '', at]));
    }
    for (const id of Object.keys(came)) {
      if (id in painted || document.querySelector(`.queue a[href$="${id}"]`) === null) continue;
      painted[id] = 0;
      afterPaint((at) => {
        painted[id] = at;
      });
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}
