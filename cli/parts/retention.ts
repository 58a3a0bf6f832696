import type { Clock } from '../../core/ports/clock.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { ReadingStore } from '../../core/ports/reading-store.ts';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';

const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;

/** Once an hour drops the readings that are older than the configuration keeps. */
export function createRetention(deps: {
  readonly readings: Pick<ReadingStore, 'retain'>;
  readonly sites: SiteDirectory;
  readonly days: number;
  readonly clock: Clock;
  readonly log: Logger;
}): Lifecycle {
  let timer: NodeJS.Timeout | undefined;

  async function sweep(): Promise<void> {
    for (const { site } of deps.sites.all()) {
      await deps.readings
        .retain(site.site.id, deps.clock.now() - deps.days * DAY_MS)
        .catch((error: unknown) =>
          deps.log.warn('old readings could not be dropped', { site: site.site.id, error: String(error) }),
        );
    }
  }

  return {
    async start() {
      timer = setInterval(() => void sweep(), EVERY_MS);
    },
    async stop() {
      clearInterval(timer);
    },
  };
}
