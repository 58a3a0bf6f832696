import type { EventRow } from '../../core/ports/event-log.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import { createBell } from '../bell.ts';
import { wait } from '../pace.ts';
import { createBring } from './bring.ts';
import { createChanges } from './change.ts';
import { DISPATCHING_LIMITS, type DispatchingDeps } from './deps.ts';
import { createTick } from './tick.ts';

/** Its cursor in the event log. */
const CONSUMER = 'dispatch';
const ROWS = 1_000;

/**
 * Opens a dispatch with every outage, asks engineers, keeps the clocks and tells who must know. The cursor moves only after
 * what the rows meant is stored, a step is stored with its messages in one transaction, and what was stored falls due no more:
 * being killed anywhere neither repeats nor skips anything.
 */
export function createDispatching(deps: DispatchingDeps): Lifecycle {
  const limits = { ...DISPATCHING_LIMITS, ...deps.limits };
  const { stores, log, telemetry } = deps;
  const changes = createChanges(deps);
  const bring = createBring(deps, changes);
  const tick = createTick(deps, limits, changes);
  const bell = createBell();
  let stopping = new AbortController();
  let loops: Promise<unknown> = Promise.resolve();
  let unsubscribe = (): void => {};

  async function follow(site: string): Promise<void> {
    for (let after = await stores.events.cursor(CONSUMER, site); !stopping.signal.aborted; ) {
      const rows = await stores.events.read(site, after, ROWS);
      const last = rows.at(-1);
      if (last === undefined) return;
      for (const incident of new Set(rows.flatMap(incidentOf))) await bring(site, incident);
      await stores.events.advance(CONSUMER, site, last.seq);
      after = last.seq;
    }
  }

  async function attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      telemetry.count('relight_dispatch_errors_total');
      log.error(what, { error: String(error) });
    }
  }

  async function followLoop(): Promise<void> {
    while (!stopping.signal.aborted) {
      for (const { site } of deps.sites.all()) {
        await attempt('dispatches could not follow their incidents; it will be tried again', () =>
          follow(site.site.id),
        );
      }
      await bell.sleep(limits.poll_ms);
    }
  }

  async function tickLoop(): Promise<void> {
    do await attempt('the clocks of dispatches could not be looked at; it will be tried again', tick);
    while (await wait(limits.tick_ms, stopping.signal));
  }

  return {
    start() {
      stopping = new AbortController();
      unsubscribe = deps.bus.subscribe('events', () => bell.ring());
      loops = Promise.all([followLoop(), tickLoop()]);
      return Promise.resolve();
    },
    async stop() {
      unsubscribe();
      stopping.abort();
      bell.ring();
      await loops;
    },
  };
}

/** The incident whose dispatch a row may concern. */
function incidentOf({ type, body }: EventRow): readonly string[] {
  if (typeof body !== 'object' || body === null) return [];
  const id: unknown = type === 'incident' ? Reflect.get(body, 'id') : null;
  const dispatched: unknown = type === 'dispatch' ? Reflect.get(body, 'incident') : null;
  return [id, dispatched].filter((one) => typeof one === 'string');
}
