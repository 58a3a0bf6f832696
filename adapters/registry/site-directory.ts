import type { Bus } from '../../core/ports/bus.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';
import type { SiteStore, StoredSite } from '../../core/ports/site-store.ts';

/** How long a lost nudge may go unnoticed. */
const POLL_MS = 10_000;

export interface SiteDirectoryDeps {
  readonly sites: SiteStore;
  readonly bus: Bus;
  readonly log: Logger;
  readonly poll_ms?: number;
}

/**
 * Every site in memory. `start` resolves when all are loaded and rejects when the store cannot be read; afterwards a store
 * that is away only makes what is served older. A nudge on the bus or the poll, whichever comes first, brings a change in;
 * one refresh runs at a time, and any number of nudges during it lead to one more.
 */
export function createSiteDirectory({
  sites,
  bus,
  log,
  poll_ms = POLL_MS,
}: SiteDirectoryDeps): SiteDirectory & Lifecycle {
  const known = new Map<string, StoredSite>();
  const listeners = new Set<(id: string) => void>();
  let all: readonly StoredSite[] = [];
  let running: Promise<void> | null = null;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe: (() => void) | undefined;

  async function refresh(): Promise<void> {
    const listed = await sites.list();
    const present = new Set(listed.map(({ id }) => id));
    const changed: string[] = [];
    for (const { id, version } of listed) {
      if (known.get(id)?.version === version) continue;
      const stored = await sites.get(id);
      if (stored === null) continue;
      known.set(id, stored);
      changed.push(id);
    }
    for (const id of [...known.keys()]) {
      if (present.has(id)) continue;
      known.delete(id);
      changed.push(id);
    }
    if (changed.length > 0) all = [...known.values()];
    for (const id of changed) for (const listener of listeners) tell(listener, id);
  }

  function tell(listener: (id: string) => void, id: string): void {
    try {
      listener(id);
    } catch (error) {
      log.error('a listener for changed sites failed', { site: id, error: String(error) });
    }
  }

  function nudge(): void {
    if (running !== null) {
      again = true;
      return;
    }
    running = refresh()
      .catch((error: unknown) =>
        log.warn('sites could not be refreshed; the last known ones are served', { error: String(error) }),
      )
      .finally(() => {
        running = null;
        if (!again || timer === undefined) return;
        again = false;
        nudge();
      });
  }

  return {
    get: (id) => known.get(id),
    all: () => all,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start() {
      unsubscribe = bus.subscribe('site', nudge);
      timer = setInterval(nudge, poll_ms).unref();
      try {
        await refresh();
      } catch (error) {
        unsubscribe();
        clearInterval(timer);
        throw error;
      }
    },
    async stop() {
      unsubscribe?.();
      clearInterval(timer);
      timer = undefined;
      await running;
    },
  };
}
