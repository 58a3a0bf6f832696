import type { Clock } from '../../core/ports/clock.ts';
import type { EvidenceLog } from '../../core/ports/evidence-log.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { ReadingStore } from '../../core/ports/reading-store.ts';
import type { SiteDirectory } from '../../core/ports/site-directory.ts';

const DAY_MS = 86_400_000;
const EVERY_MS = 3_600_000;
/** What a trial could still replay in its time; the size of a site's evidence is mostly reached before. */
const EVIDENCE_LINES = 20_000_000;

/** Once an hour drops readings and evidence that are older, and evidence that is more, than the configuration keeps. */
export function createRetention(deps: {
  readonly readings: Pick<ReadingStore, 'retain'>;
  readonly sites: SiteDirectory;
  readonly days: number;
  readonly evidence: Pick<EvidenceLog, 'retain'>;
  readonly evidenceDays: number;
  readonly evidenceLimit_bytes: number;
  readonly clock: Clock;
  readonly log: Logger;
}): Lifecycle {
  let timer: NodeJS.Timeout | undefined;

  async function sweep(): Promise<void> {
    const now = deps.clock.now();
    const bounds = {
      before: now - deps.evidenceDays * DAY_MS,
      lines: EVIDENCE_LINES,
      bytes: deps.evidenceLimit_bytes,
    };
    for (const { site } of deps.sites.all()) {
      const { id } = site.site;
      await deps.readings
        .retain(id, now - deps.days * DAY_MS)
        .catch((error: unknown) =>
          deps.log.warn('old readings could not be dropped', { site: id, error: String(error) }),
        );
      await deps.evidence
        .retain(id, bounds)
        .catch((error: unknown) =>
          deps.log.warn('old evidence could not be dropped', { site: id, error: String(error) }),
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
