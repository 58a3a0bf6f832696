import { readScheme } from '../../contracts/scheme.ts';
import type { Scheme } from '../../core/compensation/compiled.ts';
import { schemeName } from '../../core/compensation/scheme-name.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { SchemeStore } from '../../core/ports/scheme-store.ts';

/** How long a revision uploaded in another process may go unnoticed. */
const POLL_MS = 10_000;

export interface SchemeDirectory extends Lifecycle {
  /** By name, shipped and uploaded; kept fresh. */
  readonly known: ReadonlyMap<string, Scheme>;
  /** Brings in what was uploaded since. */
  refresh(): Promise<void>;
}

/** Every scheme in memory. A revision never changes, so that each is read once. */
export function createSchemeDirectory(deps: {
  readonly shipped: ReadonlyMap<string, Scheme>;
  readonly store: SchemeStore;
  readonly log: Logger;
  readonly poll_ms?: number;
}): SchemeDirectory {
  const { store, log } = deps;
  const known = new Map(deps.shipped);
  let timer: NodeJS.Timeout | undefined;

  async function refresh(): Promise<void> {
    for (const { id, revision } of await store.list()) {
      const name = schemeName(id, revision);
      if (known.has(name)) continue;
      const stored = await store.get(id, revision);
      const read = readScheme(stored?.file);
      if (read.ok) known.set(name, read.scheme);
      else log.error('an uploaded scheme is not readable by this program', { scheme: name });
    }
  }

  return {
    known,
    refresh,
    async start() {
      await refresh();
      timer = setInterval(() => {
        refresh().catch((error: unknown) =>
          log.warn('schemes could not be looked for; they will be again', { error: String(error) }),
        );
      }, deps.poll_ms ?? POLL_MS);
    },
    async stop() {
      clearInterval(timer);
    },
  };
}
