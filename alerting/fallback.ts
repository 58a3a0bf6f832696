import { nextChannel } from '../core/notices/channel-order.ts';
import { fallbackWait_ms } from '../core/notices/fallback-wait.ts';
import type { Channel } from '../core/ports/channel.ts';
import type { ClaimedDelivery } from '../core/ports/outbox.ts';
import type { Instant } from '../core/units/time.ts';
import type { AlertingDeps } from './deps.ts';
import { createIsOver } from './is-over.ts';
import { orderOf } from './route.ts';

const AT_ONCE = 200;

/** Ends that no other channel mends. */
const FINAL = new Set(['opted_out', 'site_missing', 'subject_missing', 'dropped_by_person']);

type FallbackDeps = Pick<AlertingDeps, 'stores' | 'sites' | 'channels' | 'clock' | 'telemetry'>;

function following(claimed: ClaimedDelivery, deps: FallbackDeps): string | null {
  const site = deps.sites.get(claimed.delivery.site)?.site.site;
  if (site === undefined || site.simulated || claimed.recipient.optedOut) return null;
  return nextChannel(orderOf(claimed, deps), claimed.delivery.channel);
}

/** When the next channel is due after this one took the message: only where its silence would say something. */
export function dueAfterSending(
  claimed: ClaimedDelivery,
  channel: Channel,
  at: Instant,
  deps: FallbackDeps,
): { readonly fallbackAt?: Instant } {
  const wait = fallbackWait_ms(claimed.delivery.stage);
  if (wait === null || channel.receipts !== true || following(claimed, deps) === null) return {};
  return { fallbackAt: at + wait };
}

export function dueAfterFailing(
  claimed: ClaimedDelivery,
  error: string,
  at: Instant,
  deps: FallbackDeps,
): { readonly fallbackAt?: Instant } {
  return FINAL.has(error) || following(claimed, deps) === null ? {} : { fallbackAt: at };
}

/** One round of trying next channels; resolves with how many were owed anew. */
export function createFallback(deps: FallbackDeps): () => Promise<number> {
  const { stores, clock, telemetry } = deps;
  const isOver = createIsOver(stores);

  return async () => {
    let owed = 0;
    const due = await stores.outbox.fallbacksDue(clock.now(), AT_ONCE);
    for (const claimed of due) {
      const { id, channel, error } = claimed.delivery;
      const next = FINAL.has(error ?? '') || (await isOver(claimed)) ? null : following(claimed, deps);
      await stores.outbox.fallBack(id, next, clock.now());
      if (next === null) continue;
      owed += 1;
      telemetry.count('relight_fallbacks_total', { from: channel, to: next });
    }
    return owed;
  };
}
