import { createWorkerClient } from '../../adapters/thread/worker-client.ts';
import { availableSpan, type EvidenceSpan } from '../../api/evidence/span.ts';
import { hoursOf } from '../../contracts/evidence-window.ts';
import type { Bus } from '../../core/ports/bus.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { TrialNews, Trials } from '../../core/ports/trials.ts';
import type { Site } from '../../core/topology/site.ts';
import type { TrialProcedures, TrialSetting } from './trial-worker.main.ts';

const DAYS_MS = 30 * 86_400_000;
const LONGEST_MS = 600_000;
const MEMORY_MB = 1_024;
/** Trials of several sites share the machine with everything else. */
const AT_ONCE = 2;
const SITES_REMEMBERED = 100;
/** So much is handed to the thread at a time. */
const LINES_AT_ONCE = 5_000;

export interface TrialsDeps {
  readonly stores: Pick<Stores, 'sites' | 'evidence'>;
  readonly bus: Pick<Bus, 'publish'> | null;
  readonly clock: Clock;
  readonly log: Logger;
  readonly longest_ms?: number;
}

export function createTrials(deps: TrialsDeps): Trials & Lifecycle {
  const { stores, clock, log } = deps;
  const newest = new Map<string, TrialNews>();
  const running = new Set<string>();
  const work = new Map<Promise<void>, AbortController>();
  let stopping = false;
  let ordinal = 0;

  function tell(site: string, news: TrialNews): void {
    newest.delete(site);
    newest.set(site, news);
    for (const oldest of newest.keys()) {
      if (newest.size <= SITES_REMEMBERED) break;
      if (!running.has(oldest)) newest.delete(oldest);
    }
  }

  async function run(
    setting: TrialSetting,
    span: EvidenceSpan,
    news: TrialNews,
    over: AbortSignal,
  ): Promise<void> {
    const site = setting.before.site.id;
    const thread = createWorkerClient<TrialProcedures>({
      from: import.meta.url,
      entry: './trial-worker.main',
      name: 'trial',
      maxInFlight: 2,
      memory_mb: MEMORY_MB,
    });
    const ends = clock.monotonic() + (deps.longest_ms ?? LONGEST_MS);
    // A thread in the middle of an hour hears no request to stop.
    over.addEventListener('abort', () => void thread.stop(0));
    const late = setTimeout(() => void thread.stop(0), deps.longest_ms ?? LONGEST_MS);
    let state = news;
    try {
      await thread.start();
      await thread.call('begin', setting);
      for await (const { hour, events } of hoursOf(stores.evidence, site, {
        from: span.from,
        to: span.until,
      })) {
        for (let at = 0; at < events.length; at += LINES_AT_ONCE) {
          const lines = events.slice(at, at + LINES_AT_ONCE).map((event) => JSON.stringify(event));
          await thread.call('feed', lines);
        }
        state = { ...state, progress: Math.max(0, (hour - span.from) / (span.until - span.from)) };
        tell(site, state);
      }
      const result = await thread.call('finish', undefined);
      tell(site, { ...state, state: 'done', progress: 1, result });
    } catch (cause) {
      const failure = clock.monotonic() >= ends ? 'too_long' : isOutOfMemory(cause) ? 'too_large' : 'broken';
      log.warn('a trial did not come to its end', { site, failure, cause });
      tell(site, { ...state, state: 'failed', failure });
    } finally {
      clearTimeout(late);
      await thread.stop(0);
    }
  }

  return {
    async begin({ changed, from, to }) {
      const site = changed.site.id;
      if (running.has(site) || running.size >= AT_ONCE || stopping) return { outcome: 'busy' };
      running.add(site);
      let begun = false;
      try {
        const stored = await stores.sites.get(site);
        if (stored === null) return { outcome: 'unknown_site' };
        const until = to ?? clock.now();
        const asked = { from: Math.max(from ?? 0, until - DAYS_MS), until };
        const span = await availableSpan({ ...deps, evidence: stores.evidence }, site, asked);
        if (span === null) return { outcome: 'no_evidence' };
        const id = `t${clock.now().toString(36)}-${++ordinal}`;
        const news: TrialNews = { id, state: 'running', ...span, progress: 0, result: null, failure: null };
        tell(site, news);
        const setting = {
          before: stored.site,
          after: withPeopleOf(stored.site, changed),
          until: span.until,
        };
        begun = true;
        const abort = new AbortController();
        const trial = run(setting, span, news, abort.signal).finally(() => {
          running.delete(site);
          work.delete(trial);
        });
        work.set(trial, abort);
        return { outcome: 'begun', id };
      } finally {
        if (!begun) running.delete(site);
      }
    },
    news(site, id) {
      const news = newest.get(site);
      return news?.id === id ? news : null;
    },
    async start() {},
    async stop() {
      stopping = true;
      for (const abort of work.values()) abort.abort();
      await Promise.all(work.keys());
    },
  };
}

/** Owners are owed messages whatever the file under trial says of them: mostly it holds no people. */
function withPeopleOf(stored: Site, changed: Site): Site {
  const known = new Map(stored.premises.map((premises) => [premises.id, premises]));
  const premises = changed.premises.map((one) => {
    const { owner, occupant } = known.get(one.id) ?? {};
    return {
      ...one,
      ...(owner === undefined ? {} : { owner }),
      ...(occupant === undefined ? {} : { occupant }),
    };
  });
  return { ...changed, premises };
}

function isOutOfMemory(cause: unknown): boolean {
  return cause instanceof Error && /memory limit/.test(cause.message);
}
