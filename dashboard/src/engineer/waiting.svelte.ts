import type { Kept } from '../phone/kept.svelte.ts';

export type Move = 'accept' | 'arrive' | 'decline';

/** Said on this telephone and not yet known to have come in. */
export interface Waiting {
  readonly key: string;
  readonly move: Move;
  readonly note: string;
  /** By this telephone's clock. */
  readonly saidAt: number;
}

/** Why a word was not taken; it stays to be read until the person has seen it. */
export interface NotTaken extends Waiting {
  readonly why: 'refused' | 'gone' | 'too_old';
}

/** Words that wait at the same time; there are three moves, and one may be said again after a refusal. */
const MOST = 5;
/** As long as a link lives. */
const KEPT_MS = 24 * 3_600_000;
const RETRY_MS = 15_000;
/** May go through another time. */
const LATER: readonly string[] = ['offline', 'busy'];

export interface WaitingWords {
  readonly list: readonly Waiting[];
  readonly notTaken: readonly NotTaken[];
  readonly sending: boolean;
  /** False: so many wait already. Written down before it is sent, so that a closed page loses nothing. */
  say(move: Move, note: string): boolean;
  /** Not sent after all. */
  takeBack(key: string): void;
  seen(): void;
  stop(): void;
}

/** Sends what was said in its order, each with a key so that it counts once, as soon as there is a network. */
export function keepWords(page: Pick<Kept<unknown>, 'say' | 'refresh'>, address: string): WaitingWords {
  const place = `relight.waiting ${address}`;
  let list = $state.raw<readonly Waiting[]>(read(place));
  let notTaken = $state.raw<readonly NotTaken[]>([]);
  let sending = $state(false);

  function put(next: readonly Waiting[]): void {
    list = next;
    write(place, next);
  }

  async function send(): Promise<void> {
    if (sending || list.length === 0) return;
    sending = true;
    try {
      for (let one = list[0]; one !== undefined; one = list[0]) {
        if (!(await settle(one))) break;
      }
    } finally {
      sending = false;
    }
  }

  /** False: no answer came, and it goes on waiting. */
  async function settle(one: Waiting): Promise<boolean> {
    const { key, move, note, saidAt } = one;
    if (Date.now() - saidAt > KEPT_MS) return drop(one, 'too_old');
    const said = { move, saidAt: new Date(saidAt).toISOString(), ...(note === '' ? {} : { note }) };
    const refused = await page.say('', said, key);
    if (refused !== null && LATER.includes(refused)) return false;
    if (refused !== null) return drop(one, refused === 'link_used' ? 'gone' : 'refused');
    put(list.filter((other) => other.key !== key));
    return true;
  }

  function drop(one: Waiting, why: NotTaken['why']): true {
    put(list.filter(({ key }) => key !== one.key));
    notTaken = [...notTaken, { ...one, why }].slice(-MOST);
    void page.refresh();
    return true;
  }

  const again = () => void send();
  addEventListener('online', again);
  const timer = setInterval(again, RETRY_MS);
  again();

  return {
    get list() {
      return list;
    },
    get notTaken() {
      return notTaken;
    },
    get sending() {
      return sending;
    },
    say(move, note) {
      if (list.length >= MOST) return false;
      notTaken = [];
      put([...list, { key: newKey(), move, note, saidAt: Date.now() }]);
      void send();
      return true;
    },
    takeBack: (key) => put(list.filter((one) => one.key !== key)),
    seen() {
      notTaken = [];
    },
    stop() {
      removeEventListener('online', again);
      clearInterval(timer);
    },
  };
}

/** `randomUUID` exists only where the page came over TLS. */
function newKey(): string {
  const octets = crypto.getRandomValues(new Uint8Array(12));
  return [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

function read(place: string): readonly Waiting[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isWaiting).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function isWaiting(one: unknown): one is Waiting {
  if (typeof one !== 'object' || one === null) return false;
  const { key, move, note, saidAt } = one as Record<string, unknown>;
  const known = move === 'accept' || move === 'arrive' || move === 'decline';
  return known && typeof key === 'string' && typeof note === 'string' && typeof saidAt === 'number';
}

function write(place: string, list: readonly Waiting[]): void {
  try {
    if (list.length === 0) localStorage.removeItem(place);
    else localStorage.setItem(place, JSON.stringify(list));
  } catch {
    // Full or forbidden: it waits as long as the page is open.
  }
}
