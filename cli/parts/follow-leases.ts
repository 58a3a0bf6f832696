import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';

const LOOK_MS = 2_000;

/** A site that changed hands is polled by its new holder only. */
export function followLeases(
  sites: SiteDirectory,
  ingest: { holds(site: string): boolean },
  poller: { refresh(): void },
): Lifecycle {
  let timer: NodeJS.Timeout | undefined;
  let held = '';

  function look(): void {
    const now = sites
      .all()
      .map(({ site }) => site.site.id)
      .filter(ingest.holds)
      .join(' ');
    if (now === held) return;
    held = now;
    poller.refresh();
  }

  return {
    async start() {
      look();
      timer = setInterval(look, LOOK_MS);
    },
    async stop() {
      clearInterval(timer);
    },
  };
}
