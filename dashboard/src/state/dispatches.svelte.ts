import type { DispatchView } from '../../../contracts/http/dispatch.ts';
import { request } from '../api/request.ts';
import type { LiveSite } from './live.svelte.ts';

const PAGES_MAX = 5;
/** A burst of changes is one reload. */
const SETTLE_MS = 250;

/** Who goes to what, by incident; the ones that have ended are not kept. */
export interface Dispatches {
  readonly byIncident: ReadonlyMap<string, DispatchView>;
  readonly state: 'loading' | 'ready' | 'failed';
  /** What the answer to one's own act said, shown before the change comes round. */
  accept(dispatch: DispatchView): void;
  /** Loads now and after every change, as long as somebody looks; returns the undo. */
  follow(): () => void;
}

export function createDispatches(site: string, live: LiveSite): Dispatches {
  let byIncident = $state.raw<ReadonlyMap<string, DispatchView>>(new Map());
  let state = $state<'loading' | 'ready' | 'failed'>('loading');
  let followers = 0;
  let undo: (() => void) | undefined;
  let soon: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    try {
      byIncident = new Map((await loadAll(site)).map((dispatch) => [dispatch.incident, dispatch]));
      state = 'ready';
    } catch {
      state = 'failed';
    }
  }

  return {
    get byIncident() {
      return byIncident;
    },
    get state() {
      return state;
    },
    accept(dispatch) {
      byIncident = new Map(byIncident).set(dispatch.incident, dispatch);
    },
    follow() {
      followers += 1;
      void load();
      undo ??= live.onChange((type) => {
        if (type !== 'dispatch' && type !== 'snapshot') return;
        soon ??= setTimeout(() => {
          soon = undefined;
          void load();
        }, SETTLE_MS);
      });
      return () => {
        followers -= 1;
        if (followers > 0) return;
        undo?.();
        undo = undefined;
        clearTimeout(soon);
        soon = undefined;
      };
    },
  };
}

async function loadAll(site: string): Promise<DispatchView[]> {
  const found: DispatchView[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = new URLSearchParams({ active: 'true', limit: '200' });
    if (cursor !== null) query.set('cursor', cursor);
    const list: { items: DispatchView[]; next: string | null } = await request(
      `/sites/${encodeURIComponent(site)}/dispatches?${query}`,
    );
    found.push(...list.items);
    cursor = list.next;
    if (cursor === null) break;
  }
  return found;
}
