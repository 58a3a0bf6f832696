/** Milliseconds between looks while the page is visible. */
const LOOK_MS = 20_000;
const TIMEOUT_MS = 15_000;

export type Trouble = 'offline' | 'gone' | 'too_often' | 'failed';

export interface Kept<View> {
  readonly view: View | null;
  /** When the view was last known to be true, by this phone's clock. */
  readonly at: number;
  readonly trouble: Trouble | null;
  refresh(): Promise<void>;
  /**
   * Says something and shows what has become; null when it went through, otherwise why not: `offline` when no answer came,
   * `busy` when it may go through later. With a `key` the same again is the same.
   */
  say(path: string, body: object, key?: string): Promise<string | null>;
}

interface Stored {
  readonly at: number;
  readonly etag: string;
  readonly view: unknown;
}

/**
 * The newest state of one address, renewed while somebody looks, and kept on the phone: where there is no power there is
 * often no network either, and what was last known is worth more than an error.
 */
export function keep<View>(url: string): Kept<View> {
  const key = `relight.kept ${url}`;
  const stored = read(key);
  let view = $state.raw<View | null>((stored?.view ?? null) as View | null);
  let at = $state(stored?.at ?? 0);
  let trouble = $state<Trouble | null>(null);
  let etag = stored?.etag ?? '';

  function take(next: View, tag: string): void {
    view = next;
    etag = tag;
    seen();
  }

  function seen(): void {
    at = Date.now();
    trouble = null;
    write(key, { at, etag, view });
  }

  async function refresh(): Promise<void> {
    try {
      const headers = etag === '' ? {} : { 'if-none-match': etag };
      const answer = await fetch(url, {
        headers,
        cache: 'no-store',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (answer.status === 304) return seen();
      if (answer.ok) return take((await answer.json()) as View, answer.headers.get('etag') ?? '');
      trouble = answer.status === 410 ? 'gone' : answer.status === 429 ? 'too_often' : 'failed';
      if (trouble === 'gone') forget(key);
    } catch {
      trouble = 'offline';
    }
  }

  async function say(path: string, body: object, key?: string): Promise<string | null> {
    try {
      const answer = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (answer.status === 429 || answer.status >= 500) return 'busy';
      const said: unknown = await answer.json();
      if (answer.ok) {
        take(said as View, '');
        return null;
      }
      const code: unknown = typeof said === 'object' && said !== null ? Reflect.get(said, 'code') : null;
      return typeof code === 'string' ? code : 'failed';
    } catch {
      return 'offline';
    }
  }

  const look = () => {
    if (document.visibilityState === 'visible') void refresh();
  };
  document.addEventListener('visibilitychange', look);
  addEventListener('online', look);
  setInterval(look, LOOK_MS);
  void refresh();

  return {
    get view() {
      return view;
    },
    get at() {
      return at;
    },
    get trouble() {
      return trouble;
    },
    refresh,
    say,
  };
}

function read(key: string): Stored | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return null;
    const at: unknown = Reflect.get(kept, 'at');
    const etag: unknown = Reflect.get(kept, 'etag');
    return typeof at === 'number' && typeof etag === 'string'
      ? { at, etag, view: Reflect.get(kept, 'view') }
      : null;
  } catch {
    return null;
  }
}

function write(key: string, stored: Stored): void {
  try {
    localStorage.setItem(key, JSON.stringify(stored));
  } catch {
    // Full or forbidden: the page works without.
  }
}

function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Forbidden: then there is nothing to forget.
  }
}
