import { setMaxListeners } from 'node:events';
import { setImmediate as breath } from 'node:timers/promises';
import type { Lifecycle } from '../core/ports/lifecycle.ts';
import type { ClaimedDelivery } from '../core/ports/outbox.ts';
import { createBell } from './bell.ts';
import { createCourier } from './deliver.ts';
import type { AlertingDeps } from './deps.ts';
import { createFallback } from './fallback.ts';
import { ALERTING_LIMITS } from './limits.ts';
import { wait } from './pace.ts';

/** Abandoned claims taken over at once. */
const TAKEN_OVER = 500;
const STORE_AWAY_MS = 2_000;
/** Deliveries begun before the event loop turns to others. */
const AT_ONCE = 10;

/** Sends what is owed: claims deliveries, hands them to channels, records what became of them. */
export function createAlerting(deps: AlertingDeps): Lifecycle {
  const limits = { ...ALERTING_LIMITS, ...deps.limits };
  const { clock, log, telemetry } = deps;
  const { outbox } = deps.stores;
  const courier = createCourier(deps, limits);
  const fallBack = createFallback(deps);
  const bell = createBell();
  const inFlight = new Set<Promise<void>>();
  let stopping = new AbortController();
  let loops: Promise<unknown> = Promise.resolve();
  let unsubscribe = (): void => {};
  /** The last claim was cut short by the bound: there is more where it came from. */
  let more = false;

  function track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        telemetry.count('relight_delivery_errors_total');
        log.error('a delivery broke off; its claim will be taken over', { error: String(error) });
      })
      .finally(() => {
        inFlight.delete(tracked);
        if (more && inFlight.size <= limits.batch / 2) bell.ring();
      });
    inFlight.add(tracked);
  }

  async function claimDue(): Promise<readonly ClaimedDelivery[]> {
    const room = limits.batch - inFlight.size;
    if (room < limits.batch / 2) return [];
    const claimed = await outbox.claim(deps.holder, clock.now(), room);
    more = claimed.length === room;
    return claimed;
  }

  async function sendLoop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const since = clock.monotonic();
        const claimed = await claimDue();
        for (const [n, one] of claimed.entries()) {
          // Each is made into words at once: readings and boards come between.
          if (n % AT_ONCE === AT_ONCE - 1) await breath();
          track(courier.deliver(one, since, stopping.signal));
        }
        telemetry.gauge('relight_deliveries_in_flight', inFlight.size);
        if (claimed.length === 0) await bell.sleep(limits.poll_ms);
      } catch (error) {
        log.error('deliveries cannot be claimed', { error: String(error) });
        await wait(STORE_AWAY_MS, stopping.signal);
      }
    }
  }

  async function takeOver(before: number): Promise<void> {
    try {
      const abandoned = await outbox.abandoned(deps.holder, clock.now(), before, TAKEN_OVER);
      for (const one of abandoned) track(courier.reconcile(one, stopping.signal));
      if (abandoned.length > 0) log.warn('taking over unfinished deliveries', { count: abandoned.length });
    } catch (error) {
      log.error('unfinished deliveries cannot be read', { error: String(error) });
    }
  }

  async function takeOverLoop(): Promise<void> {
    while (await wait(limits.claim_ms / 4, stopping.signal)) await takeOver(clock.now() - limits.claim_ms);
  }

  async function fallbackLoop(): Promise<void> {
    while (await wait(limits.fallback_ms, stopping.signal)) {
      try {
        if ((await fallBack()) > 0) bell.ring();
      } catch (error) {
        log.error('next channels cannot be tried', { error: String(error) });
      }
    }
  }

  return {
    async start() {
      stopping = new AbortController();
      // One listener for each delivery waiting its turn, bounded by the batch.
      setMaxListeners(0, stopping.signal);
      await takeOver(clock.now() - (deps.soleSender ? 0 : limits.claim_ms));
      unsubscribe = deps.bus.subscribe('notices', () => bell.ring());
      loops = Promise.all([sendLoop(), takeOverLoop(), fallbackLoop()]);
    },
    async stop() {
      unsubscribe();
      stopping.abort();
      bell.ring();
      await loops;
      while (inFlight.size > 0) await Promise.all(inFlight);
    },
  };
}
