import type { IncidentStore, IngestWrite } from '../core/ports/incident-store.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';
import type { Effect } from './fold.ts';

const RETRY_FIRST_MS = 100;
const RETRY_MOST_MS = 5_000;

/**
 * Carries effects to the incident store: in order within a site, sites beside each other. A store that is away is waited
 * for; nothing is passed over, because a later effect builds on an earlier one.
 */
export interface ApplyQueue {
  push(effect: Effect): void;
  waiting(): number;
  /** Resolves when no more than `most` wait. */
  below(most: number): Promise<void>;
  /** What keeps the oldest effect from being written; null when all is well. */
  error(): string | null;
  /** Gives up what waits: the journal still has it. */
  stop(): Promise<void>;
}

export interface ApplyQueueDeps {
  readonly store: Pick<IncidentStore, 'apply'>;
  /** The epoch to write under; null when the site is not ours, and its effects are another instance's to write. */
  readonly epochOf: (site: string) => number | null;
  readonly applied: (write: IngestWrite, outcome: 'applied' | 'already') => void;
  readonly lost: (site: string, epoch: number) => void;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}

export function createApplyQueue(deps: ApplyQueueDeps): ApplyQueue {
  const { store, log, telemetry } = deps;
  const queues = new Map<string, Effect[]>();
  const running = new Set<Promise<void>>();
  const waiters = new Set<{ readonly most: number; readonly go: () => void }>();
  const sleeping = new Set<() => void>();
  let waiting = 0;
  let error: string | null = null;
  let stopped = false;

  async function drain(site: string, queue: Effect[]): Promise<void> {
    for (let effect = queue[0]; effect !== undefined && !stopped; effect = queue[0]) {
      await write(effect);
      if (stopped) return;
      queue.shift();
      settle();
    }
    queues.delete(site);
  }

  async function write(effect: Effect): Promise<void> {
    for (let pause_ms = RETRY_FIRST_MS; !stopped; pause_ms = Math.min(pause_ms * 2, RETRY_MOST_MS)) {
      const epoch = deps.epochOf(effect.site);
      if (epoch === null) return;
      const full: IngestWrite = { ...effect, epoch };
      try {
        const outcome = await store.apply(full);
        recovered();
        if (outcome === 'lost_lease') deps.lost(effect.site, epoch);
        else deps.applied(full, outcome);
        return;
      } catch (cause) {
        failed(effect, cause);
        await sleep(pause_ms);
      }
    }
  }

  function failed(effect: Effect, cause: unknown): void {
    telemetry.count('relight_incident_store_failures_total');
    if (error !== null) return;
    error = cause instanceof Error ? cause.name : 'error';
    telemetry.gauge('relight_incident_store_down', 1);
    const { site, position } = effect;
    log.error('incidents cannot be stored; detection waits, the journal goes on', { site, position, cause });
  }

  function recovered(): void {
    if (error === null) return;
    error = null;
    telemetry.gauge('relight_incident_store_down', 0);
    log.warn('incidents are stored again');
  }

  function settle(): void {
    waiting -= 1;
    for (const waiter of waiters) {
      if (waiting > waiter.most) continue;
      waiters.delete(waiter);
      waiter.go();
    }
  }

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        sleeping.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      sleeping.add(wake);
    });
  }

  return {
    push(effect) {
      if (stopped) return;
      waiting += 1;
      const queue = queues.get(effect.site);
      if (queue !== undefined) {
        queue.push(effect);
        return;
      }
      const fresh = [effect];
      queues.set(effect.site, fresh);
      const run = drain(effect.site, fresh).finally(() => running.delete(run));
      running.add(run);
    },
    waiting: () => waiting,
    below(most) {
      if (waiting <= most || stopped) return Promise.resolve();
      return new Promise((go) => waiters.add({ most, go }));
    },
    error: () => error,
    async stop() {
      stopped = true;
      for (const wake of sleeping) wake();
      for (const waiter of waiters) waiter.go();
      waiters.clear();
      await Promise.all(running);
    },
  };
}
