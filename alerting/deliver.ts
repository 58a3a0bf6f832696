import { segmentsOf } from '../core/notices/segments.ts';
import type { Channel, OutgoingMessage, SendOutcome } from '../core/ports/channel.ts';
import type { ClaimedDelivery, Delivery } from '../core/ports/outbox.ts';
import { backoff_ms } from './backoff.ts';
import { createBreaker } from './breaker.ts';
import { createCapsOf } from './caps-of.ts';
import type { AlertingDeps } from './deps.ts';
import { dueAfterFailing, dueAfterSending } from './fallback.ts';
import { createHolds } from './holds.ts';
import { createLanes } from './lanes.ts';
import type { AlertingLimits } from './limits.ts';
import { createLookUp, findAtProvider } from './look-up.ts';
import { persist } from './persist.ts';
import { createQuiet, type Quiet } from './quiet.ts';
import { createRender } from './render.ts';
import { routeOf } from './route.ts';
import { createSameText } from './same-text.ts';

/**
 * The error word after which the provider is asked before the next try: it may have taken the message. Whatever else delays the
 * next try must not take this word away.
 */
const IN_DOUBT = 'server_error';

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
  const breaker = createBreaker(
    createCapsOf(deps.stores.messageCaps, limits, clock),
    outbox,
    deps.sites,
    clock,
  );
  const holds = createHolds(deps);
  const lanes = createLanes(limits, clock);
  const sameText = createSameText();
  const lookUp = createLookUp(deps, limits.lookups_ms);

  async function deliver(claimed: ClaimedDelivery, since: number, stopping: AbortSignal): Promise<void> {
    const { delivery, recipient } = claimed;
    const route = routeOf(claimed, deps);
    if ('refused' in route) return await fail(claimed, route.refused);
    if ('divert' in route) return await divert(delivery, route.divert);
    const quiet = await quietOf(claimed);
    if (quiet.now === 'later') return await hold(delivery, quiet);
    if (quiet.now === 'overtaken') return await overtake(delivery.id);
    const content = await render(claimed);
    if (content === null) return await fail(claimed, 'subject_missing');
    if (route.also.length > 0)
      await persist(() => outbox.alsoOn(delivery.id, deps.holder, route.also, clock.now()));
    const message = { to: route.to, language: recipient.language, key: delivery.id, ...content };
    if (await alreadyThere(claimed, route.channel, message)) return;
    await within(claimed, route.channel, message, since, stopping);
  }

  /** Through every limit of ours and of the provider. */
  async function within(
    claimed: ClaimedDelivery,
    channel: Channel,
    message: OutgoingMessage,
    since: number,
    stopping: AbortSignal,
  ): Promise<void> {
    const { delivery, sentLastDay } = claimed;
    const lane = lanes(channel);
    if (channel !== deps.channels.log) {
      const queue_ms = lane.pace.queue_ms();
      if (queue_ms > limits.claim_ms / 3) return await hold(delivery, waiting('rate_limited', queue_ms));
      const wait_ms = sameText(channel, message, clock.now());
      if (wait_ms > 0) return await hold(delivery, waiting('same_text', wait_ms));
      const { segments } = segmentsOf(message.body);
      const tooMany = !delivery.released && sentLastDay >= (channel.limits?.perRecipientPerDay ?? Infinity);
      const blocked = tooMany ? 'number_per_day' : await breaker.admit(claimed, segments);
      if (blocked !== null) return await block(claimed, blocked, segments);
    }
    await lane.slots.run(() => handOver(claimed, channel, message, since, stopping));
  }

  function waiting(error: string, wait_ms: number): Extract<Quiet, { now: 'later' }> {
    return { now: 'later', until: clock.now() + wait_ms, error };
  }

  async function divert({ id, site }: Delivery, channels: readonly string[]): Promise<void> {
    await persist(() => outbox.divert(id, deps.holder, channels, clock.now()));
    deps.bus.publish('notices', { site });
  }

  async function hold(delivery: Delivery, { until, error }: Extract<Quiet, { now: 'later' }>): Promise<void> {
    telemetry.count('relight_deliveries_held_total');
    const word = delivery.error === IN_DOUBT ? IN_DOUBT : error;
    const result = { state: 'owed', at: clock.now(), error: word, nextAttemptAt: until } as const;
    await persist(() => outbox.record(delivery.id, result));
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
    const inTurn =
      channel === deps.channels.log ? !stopping.aborted : await lanes(channel).pace.turn(stopping);
    // Halfway to running out, somebody else may be about to take the claim over: leave it to them.
    if (clock.monotonic() - since > limits.claim_ms / 2) return telemetry.count('relight_claims_stale_total');
    if (!inTurn) return await release(claimed.delivery);
    if (!(await outbox.sending(id, deps.holder, message.body, clock.now()))) {
      return telemetry.count('relight_claims_lost_total');
    }
    if (channel !== deps.channels.log) await lanes(channel).gate.turn();
    const started = clock.monotonic();
    const outcome = await channel.send(message, AbortSignal.timeout(limits.sendTimeout_ms));
    telemetry.observe('relight_send_seconds', (clock.monotonic() - started) / 1_000, { channel: channel.id });
    telemetry.count('relight_sends_total', { channel: channel.id, outcome: outcome.outcome });
    await settle(claimed, channel, message, outcome, stopping);
  }

  async function settle(
    claimed: ClaimedDelivery,
    channel: Channel,
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
        const due = dueAfterSending(claimed, channel, at, deps);
        return await persist(() =>
          outbox.record(delivery.id, { state: 'sent', at, providerId, segments, ...due }),
        );
      }
      case 'refused':
        if (outcome.code === 'opted_out') {
          await persist(() =>
            outbox.optOut(delivery.site, message.to, true, `refused by the provider: ${outcome.detail}`, at),
          );
        }
        return await fail(claimed, outcome.code);
      case 'later': {
        // As claimed, it does not count this one.
        const attempts = delivery.attempts + 1;
        if (attempts >= limits.attempts) return await fail(claimed, outcome.code);
        const delay = backoff_ms(attempts, limits, deps.random(), outcome.after_ms);
        const result = { state: 'owed', at, error: outcome.code, nextAttemptAt: at + delay } as const;
        return await persist(() => outbox.record(delivery.id, result));
      }
      case 'unknown':
        log.warn('a message was handed over without an answer', {
          delivery: delivery.id,
          code: outcome.code,
        });
        return await lookUp(claimed, message, stopping);
    }
  }

  /** After a provider's own failure to answer properly: it says it took nothing, but one look costs less than a second message. */
  async function alreadyThere(
    claimed: ClaimedDelivery,
    channel: Channel,
    message: OutgoingMessage,
  ): Promise<boolean> {
    const { id, error } = claimed.delivery;
    if (error !== IN_DOUBT) return false;
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
        await persist(() => outbox.record(id, { state: 'owed', at, error: IN_DOUBT, nextAttemptAt }));
        return true;
      }
    }
  }

  async function fail(claimed: ClaimedDelivery, error: string): Promise<void> {
    telemetry.count('relight_deliveries_failed_total', { error });
    const at = clock.now();
    const due = dueAfterFailing(claimed, error, at, deps);
    await persist(() => outbox.record(claimed.delivery.id, { state: 'failed', at, error, ...due }));
  }

  async function block({ delivery }: ClaimedDelivery, error: string, segments: number): Promise<void> {
    telemetry.count('relight_deliveries_blocked_total', { error });
    await persist(() => outbox.record(delivery.id, { state: 'blocked', at: clock.now(), error, segments }));
    await holds(delivery, error);
  }

  async function release({ id, error }: Delivery): Promise<void> {
    const at = clock.now();
    const doubt = error === IN_DOUBT ? { error } : {};
    await persist(() => outbox.record(id, { state: 'owed', at, nextAttemptAt: at, ...doubt }));
  }

  return {
    deliver,
    reconcile: async (claimed, stopping) =>
      claimed.body === null
        ? await release(claimed.delivery)
        : await lookUp(claimed, { body: claimed.body }, stopping),
  };
}
