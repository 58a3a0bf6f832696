import { segmentsOf } from '../core/notices/segments.ts';
import type { Channel, OutgoingMessage, SendOutcome } from '../core/ports/channel.ts';
import type { ClaimedDelivery } from '../core/ports/outbox.ts';
import { backoff_ms } from './backoff.ts';
import { createBreaker } from './breaker.ts';
import type { AlertingDeps } from './deps.ts';
import type { AlertingLimits } from './limits.ts';
import { createLookUp, findAtProvider } from './look-up.ts';
import { createPace } from './pace.ts';
import { persist } from './persist.ts';
import { createQuiet, type Quiet } from './quiet.ts';
import { createRender } from './render.ts';
import { routeOf } from './route.ts';
import { createSlots } from './slots.ts';

/** Carries one claimed delivery to a recorded end, or leaves the claim to run out. `stopping` ends waits, not hand-overs. */
export interface Courier {
  deliver(claimed: ClaimedDelivery, claimedAt_monotonic: number, stopping: AbortSignal): Promise<void>;
  /** For a delivery taken over from somebody who is gone. */
  reconcile(
    claimed: ClaimedDelivery & { readonly body: string | null },
    stopping: AbortSignal,
  ): Promise<void>;
}

export function createCourier(deps: AlertingDeps, limits: AlertingLimits): Courier {
  const { clock, telemetry, log } = deps;
  const { outbox } = deps.stores;
  const render = createRender(deps);
  const quietOf = createQuiet(deps);
  const breaker = createBreaker(limits, outbox, deps.sites, clock);
  const pace = createPace(limits.rate_per_s, clock);
  const slots = createSlots(limits.concurrency);
  const lookUp = createLookUp(deps, limits.lookups_ms);

  async function deliver(claimed: ClaimedDelivery, since: number, stopping: AbortSignal): Promise<void> {
    const { delivery, recipient } = claimed;
    const route = routeOf(claimed, deps);
    if ('refused' in route) return await fail(delivery.id, route.refused);
    const quiet = await quietOf(claimed);
    if (quiet.now === 'later') return await hold(delivery.id, quiet);
    if (quiet.now === 'overtaken') return await overtake(delivery.id);
    const body = await render(claimed);
    if (body === null) return await fail(delivery.id, 'subject_missing');
    const message = { to: route.to, body, language: recipient.language };
    if (await alreadyThere(claimed, route.channel, message)) return;
    const blocked =
      route.channel === deps.channels.log ? null : await breaker.admit(claimed, segmentsOf(body).segments);
    if (blocked !== null) return await block(delivery.id, blocked);
    await slots.run(() => handOver(claimed, route.channel, message, since, stopping));
  }

  async function hold(id: string, { until, error }: Extract<Quiet, { now: 'later' }>): Promise<void> {
    telemetry.count('relight_deliveries_held_total');
    const result = { state: 'owed', at: clock.now(), error, nextAttemptAt: until } as const;
    await persist(() => outbox.record(id, result));
  }

  async function overtake(id: string): Promise<void> {
    await persist(() => outbox.record(id, { state: 'superseded', at: clock.now(), error: 'overtaken' }));
  }

  async function handOver(
    claimed: ClaimedDelivery,
    channel: Channel,
    message: OutgoingMessage,
    since: number,
    stopping: AbortSignal,
  ): Promise<void> {
    const { id } = claimed.delivery;
    const inTurn = channel === deps.channels.log ? !stopping.aborted : await pace.turn(stopping);
    // Halfway to running out, somebody else may be about to take the claim over: leave it to them.
    if (clock.monotonic() - since > limits.claim_ms / 2) return telemetry.count('relight_claims_stale_total');
    if (!inTurn) return await release(id);
    if (!(await outbox.sending(id, deps.holder, message.body, clock.now()))) {
      return telemetry.count('relight_claims_lost_total');
    }
    const started = clock.monotonic();
    const outcome = await channel.send(message, AbortSignal.timeout(limits.sendTimeout_ms));
    telemetry.observe('relight_send_seconds', (clock.monotonic() - started) / 1_000, { channel: channel.id });
    telemetry.count('relight_sends_total', { channel: channel.id, outcome: outcome.outcome });
    await settle(claimed, message, outcome, stopping);
  }

  async function settle(
    claimed: ClaimedDelivery,
    message: OutgoingMessage,
    outcome: SendOutcome,
    stopping: AbortSignal,
  ): Promise<void> {
    const { delivery } = claimed;
    const at = clock.now();
    switch (outcome.outcome) {
      case 'accepted': {
        const { providerId, segments } = outcome;
        telemetry.observe('relight_owed_to_sent_seconds', Math.max(0, at - delivery.owedAt) / 1_000);
        return await persist(() => outbox.record(delivery.id, { state: 'sent', at, providerId, segments }));
      }
      case 'refused':
        if (outcome.code === 'opted_out') {
          await persist(() =>
            outbox.optOut(delivery.site, message.to, true, `refused by the provider: ${outcome.detail}`, at),
          );
        }
        return await fail(delivery.id, outcome.code);
      case 'later': {
        // As claimed, it does not count this one.
        const attempts = delivery.attempts + 1;
        if (attempts >= limits.attempts) return await fail(delivery.id, outcome.code);
        const delay = backoff_ms(attempts, limits, deps.random(), outcome.after_ms);
        const result = { state: 'owed', at, error: outcome.code, nextAttemptAt: at + delay } as const;
        return await persist(() => outbox.record(delivery.id, result));
      }
      case 'unknown':
        log.warn('a message was handed over without an answer', {
          delivery: delivery.id,
          code: outcome.code,
        });
        return await lookUp(claimed, message.body, stopping);
    }
  }

  /** After a provider's own failure to answer properly: it says it took nothing, but one look costs less than a second message. */
  async function alreadyThere(
    claimed: ClaimedDelivery,
    channel: Channel,
    message: OutgoingMessage,
  ): Promise<boolean> {
    const { id, error } = claimed.delivery;
    if (error !== 'server_error') return false;
    const found = await findAtProvider(channel, message, claimed);
    const at = clock.now();
    switch (found.found) {
      case 'nothing':
      case 'cannot_ask':
        return false;
      case 'once':
        await persist(() => outbox.record(id, { state: 'sent', at, providerId: found.providerId }));
        return true;
      case 'several':
        await persist(() => outbox.record(id, { state: 'unknown', at, error: 'look_up_several' }));
        return true;
      case 'later': {
        const nextAttemptAt = at + backoff_ms(claimed.delivery.attempts, limits, deps.random());
        await persist(() => outbox.record(id, { state: 'owed', at, error: 'server_error', nextAttemptAt }));
        return true;
      }
    }
  }

  async function fail(id: string, error: string): Promise<void> {
    telemetry.count('relight_deliveries_failed_total', { error });
    await persist(() => outbox.record(id, { state: 'failed', at: clock.now(), error }));
  }

  async function block(id: string, error: string): Promise<void> {
    telemetry.count('relight_deliveries_blocked_total', { error });
    log.error('messages are held back for a person to decide', { delivery: id, reason: error });
    await persist(() => outbox.record(id, { state: 'blocked', at: clock.now(), error }));
  }

  async function release(id: string): Promise<void> {
    const at = clock.now();
    await persist(() => outbox.record(id, { state: 'owed', at, nextAttemptAt: at }));
  }

  return {
    deliver,
    reconcile: async (claimed, stopping) =>
      claimed.body === null
        ? await release(claimed.delivery.id)
        : await lookUp(claimed, claimed.body, stopping),
  };
}
