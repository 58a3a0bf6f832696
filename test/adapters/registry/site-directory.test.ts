import { afterEach, expect, it, vi } from 'vitest';
import { createSiteDirectory } from '../../../adapters/registry/site-directory.ts';
import { parseSite } from '../../../contracts/site-file.ts';
import type { Bus } from '../../../core/ports/bus.ts';
import type { Logger } from '../../../core/ports/logger.ts';
import { type SiteStore, type StoredSite, StoreUnavailable } from '../../../core/ports/site-store.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

function storedSite(id: string, version: number): StoredSite {
  const parsed = parseSite({ site: { id }, nodes: [] });
  if ('faults' in parsed) throw new Error('the site of this test is at fault');
  return { site: parsed.site, version, savedAt: 0 };
}

/** A store whose content and health a test sets. */
function createStore() {
  const content = new Map<string, StoredSite>();
  let away = false;
  let reads = 0;
  const sites: SiteStore = {
    list: async () => {
      if (away) throw new StoreUnavailable('away', { retryable: true });
      return [...content].map(([id, { version }]) => ({ id, name: id, version, simulated: false }));
    },
    get: async (id) => {
      reads += 1;
      return content.get(id) ?? null;
    },
    put: () => Promise.reject(new Error('not part of this test')),
    file: () => Promise.reject(new Error('not part of this test')),
  };
  return {
    sites,
    reads: () => reads,
    goAway: () => {
      away = true;
    },
    set: (id: string, version: number) => content.set(id, storedSite(id, version)),
    drop: (id: string) => content.delete(id),
  };
}

function createBus(): Bus & { nudge(): void } {
  const listeners = new Set<() => void>();
  return {
    publish() {},
    subscribe(_subject, listener) {
      const call = () => (listener as (body: unknown) => void)({ site: 'x' });
      listeners.add(call);
      return () => listeners.delete(call);
    },
    nudge: () => {
      for (const listener of listeners) listener();
    },
  };
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function started(store: ReturnType<typeof createStore>, bus: Bus, poll_ms: number) {
  const directory = createSiteDirectory({ sites: store.sites, bus, log: silent, poll_ms });
  await directory.start();
  stops.push(() => directory.stop());
  return directory;
}

it('knows every site once started, and a new version after a nudge, telling its listeners', async () => {
  const store = createStore();
  store.set('a', 1);
  const bus = createBus();
  const directory = await started(store, bus, 60_000);
  expect(directory.get('a')?.version).toBe(1);
  const changed: string[] = [];
  directory.onChange((id) => changed.push(id));
  store.set('a', 2);
  store.set('b', 1);
  bus.nudge();
  await vi.waitFor(() => expect(changed).toEqual(['a', 'b']));
  expect(directory.all().map(({ site, version }) => [site.site.id, version])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});

it('notices a change whose nudge was lost, and a site that is gone', async () => {
  const store = createStore();
  store.set('a', 1);
  const directory = await started(store, createBus(), 10);
  store.set('a', 2);
  await vi.waitFor(() => expect(directory.get('a')?.version).toBe(2));
  store.drop('a');
  await vi.waitFor(() => expect(directory.get('a')).toBeUndefined());
});

it('goes on serving what it knows while the store is away, and refuses to start without one', async () => {
  const store = createStore();
  store.set('a', 1);
  const bus = createBus();
  const directory = await started(store, bus, 10);
  store.goAway();
  bus.nudge();
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(directory.get('a')?.version).toBe(1);
  await expect(createSiteDirectory({ sites: store.sites, bus, log: silent }).start()).rejects.toThrow(
    StoreUnavailable,
  );
});

it('reads only the sites that changed, however many nudges come at once', async () => {
  const store = createStore();
  for (let i = 0; i < 50; i++) store.set(`s${i}`, 1);
  const bus = createBus();
  const directory = await started(store, bus, 60_000);
  expect(store.reads()).toBe(50);
  store.set('s7', 2);
  for (let i = 0; i < 100; i++) bus.nudge();
  await vi.waitFor(() => expect(directory.get('s7')?.version).toBe(2));
  expect(store.reads()).toBe(51);
});
