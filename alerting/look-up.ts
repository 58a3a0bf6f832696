import { type Channel, ChannelUnavailable, type OutgoingMessage } from '../core/ports/channel.ts';
import type { ClaimedDelivery } from '../core/ports/outbox.ts';
import type { AlertingDeps } from './deps.ts';
import { wait } from './pace.ts';
import { persist } from './persist.ts';
import { routeOf } from './route.ts';

/** The provider's clock may be behind ours, and a body is new with its revision, so an early start finds nothing else. */
const CLOCK_ALLOWANCE_MS = 600_000;

export type Found =
  | { readonly found: 'once'; readonly providerId: string }
  | { readonly found: 'nothing' | 'several' | 'cannot_ask' }
  /** The provider cannot be asked now. */
  | { readonly found: 'later' };

export async function findAtProvider(
  channel: Channel,
  message: OutgoingMessage,
  { delivery }: ClaimedDelivery,
): Promise<Found> {
  if (channel.findSent === undefined) return { found: 'cannot_ask' };
  try {
    const [first, ...others] = await channel.findSent(message, delivery.owedAt - CLOCK_ALLOWANCE_MS);
    if (first === undefined) return { found: 'nothing' };
    return others.length === 0 ? { found: 'once', providerId: first.providerId } : { found: 'several' };
  } catch (error) {
    if (error instanceof ChannelUnavailable) return { found: 'later' };
    throw error;
  }
}

/**
 * Settles a hand-over nobody knows the end of, by asking the provider: a unique match was sent, anything else is for a
 * person. It never sends. While the provider cannot be asked the claim is left to run out, and somebody asks again.
 */
export function createLookUp(
  deps: Pick<AlertingDeps, 'stores' | 'sites' | 'channels' | 'clock' | 'telemetry' | 'log'>,
  lookups_ms: readonly number[],
): (claimed: ClaimedDelivery, said: Pick<OutgoingMessage, 'body'>, signal: AbortSignal) => Promise<void> {
  const { outbox } = deps.stores;

  async function settle(id: string, found: Exclude<Found, { found: 'later' }>): Promise<void> {
    const at = deps.clock.now();
    deps.telemetry.count('relight_deliveries_looked_up_total', { found: found.found });
    if (found.found === 'once') {
      await persist(() => outbox.record(id, { state: 'sent', at, providerId: found.providerId }));
    } else {
      deps.log.warn('a message may or may not have been sent; a person must decide', {
        delivery: id,
        found: found.found,
      });
      await persist(() => outbox.record(id, { state: 'unknown', at, error: `look_up_${found.found}` }));
    }
  }

  return async (claimed, { body }, signal) => {
    const { delivery, recipient } = claimed;
    const route = routeOf(claimed, deps);
    if (!('channel' in route)) return await settle(delivery.id, { found: 'cannot_ask' });
    const message = { to: route.to, body, language: recipient.language, key: delivery.id };
    let found: Found = { found: 'nothing' };
    let waited = 0;
    for (const after of lookups_ms) {
      if (!(await wait(after - waited, signal))) return;
      waited = after;
      found = await findAtProvider(route.channel, message, claimed);
      if (found.found !== 'nothing' && found.found !== 'later') break;
    }
    if (found.found !== 'later') await settle(delivery.id, found);
  };
}
