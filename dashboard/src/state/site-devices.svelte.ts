import type { DeviceList, DeviceView } from '../../../contracts/http/devices.ts';
import { request } from '../api/request.ts';
import type { LiveSite } from './live.svelte.ts';

const REFRESH_MS = 10_000;

/** The site's devices with what the server says about each; the values on screen come live. */
export interface SiteDevices {
  readonly list: readonly DeviceView[];
  readonly state: 'loading' | 'ready' | 'failed';
  /** The three-phase meter standing on a node. */
  meterAt(node: string): DeviceView | null;
  /** Loads now and from time to time, as long as somebody looks; returns the undo. */
  follow(): () => void;
}

export function createSiteDevices(site: string, live: LiveSite): SiteDevices {
  let list = $state.raw<readonly DeviceView[]>([]);
  let state = $state<'loading' | 'ready' | 'failed'>('loading');
  let meters = $state.raw<ReadonlyMap<string, DeviceView>>(new Map());
  let followers = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  async function load(): Promise<void> {
    try {
      list = await loadAll(site);
      meters = new Map(list.filter(({ phases }) => phases === 'ABC').map((device) => [device.node, device]));
      for (const device of list) live.device(device.id).seed(device);
      state = 'ready';
    } catch {
      state = 'failed';
    }
  }

  return {
    get list() {
      return list;
    },
    get state() {
      return state;
    },
    meterAt(node) {
      return meters.get(node) ?? null;
    },
    follow() {
      followers += 1;
      void load();
      timer ??= setInterval(() => {
        if (!document.hidden) void load();
      }, REFRESH_MS);
      return () => {
        followers -= 1;
        if (followers > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}

async function loadAll(site: string): Promise<DeviceView[]> {
  const items: DeviceView[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '1000' });
    if (cursor !== null) query.set('cursor', cursor);
    const page: DeviceList = await request<DeviceList>(`/sites/${encodeURIComponent(site)}/devices?${query}`);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return items;
}
