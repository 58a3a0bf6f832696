import { afterEach, describe, expect, it, test } from 'vitest';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import {
  type AlertingWorld,
  createAlertingWorld,
  incidentOf,
  lostNotices,
  siteOf,
} from '../support/alerting-world.ts';
import { deathAt, STEPS, type Step } from '../support/dying-sender.ts';

const OWNERS = 12;
const site = siteOf(OWNERS);

let world: AlertingWorld;
const running: Lifecycle[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  await world.close();
});

/** How many bodies each recipient was sent. */
function perRecipient(): readonly number[] {
  const counts = new Map<string, number>();
  for (const { to, body } of world.double.accepted)
    counts.set(`${to} ${body}`, (counts.get(`${to} ${body}`) ?? 0) + 1);
  return [...counts.values()];
}

async function dieThenRestart(
  step: Step,
  when: 'before' | 'after',
  nth: number,
  concurrency = 3,
): Promise<void> {
  world = await createAlertingWorld([site]);
  const death = deathAt(step, when, nth);
  const twilio = world.twilio();
  const first = world.sender({
    outbox: death.outbox,
    provider: death.channel(twilio),
    limits: { batch: 5, concurrency },
  });
  await first.start();
  await world.owe(incidentOf(site), lostNotices(site, 'i1'));
  await death.died;
  // What was on its way to the provider when the process died arrives all the same.
  await new Promise((done) => setTimeout(done, 30));
  const second = world.sender({ soleSender: true });
  await second.start();
  running.push(second);
}

describe('a sender that dies', () => {
  const edges = STEPS.flatMap((step) =>
    (['before', 'after'] as const).flatMap((when) => [1, 4].map((nth) => [step, when, nth] as const)),
  ).filter(([step, , nth]) => step !== 'claim' || nth < 3);

  test.for(edges)(
    'at %s, %s its effect, the %ith time: each message once, none left, the rest for a person',
    async ([step, when, nth]) => {
      await dieThenRestart(step, when, nth);
      const all = await world.settled();
      expect(perRecipient().every((count) => count === 1)).toBe(true);
      const unknown = all.filter(({ state }) => state === 'unknown');
      const sent = all.filter(({ state }) => state === 'sent');
      expect(sent.length + unknown.length).toBe(OWNERS);
      expect(sent.length).toBe(world.double.accepted.length);
      expect(unknown.length).toBeLessThanOrEqual(3);
    },
  );

  it('having claimed but not begun leaves nothing unknown', async () => {
    await dieThenRestart('claim', 'after', 1);
    expect((await world.settled()).every(({ state }) => state === 'sent')).toBe(true);
    expect(world.double.accepted).toHaveLength(OWNERS);
  });

  it('before recording what was accepted is made good from the provider’s list', async () => {
    await dieThenRestart('record', 'before', 1, 1);
    const all = await world.settled();
    expect(all.every(({ state }) => state === 'sent')).toBe(true);
    expect(new Set(all.map(({ providerId }) => providerId)).size).toBe(OWNERS);
  });

  it('is succeeded by another sender once its claims have run out, and by none before', async () => {
    world = await createAlertingWorld([site]);
    const death = deathAt('sending', 'before', 1);
    const first = world.sender({ outbox: death.outbox, limits: { batch: 2 * OWNERS, concurrency: 1 } });
    await first.start();
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await death.died;
    const second = world.sender({ limits: { claim_ms: 600 } });
    await second.start();
    running.push(second);
    await new Promise((done) => setTimeout(done, 200));
    expect(world.double.accepted).toHaveLength(0);
    expect((await world.settled()).every(({ state }) => state === 'sent')).toBe(true);
    expect(perRecipient()).toEqual(Array.from({ length: OWNERS }, () => 1));
  });

  it('while it waits to try again what the provider took and denied, does not make the next one send it twice', async () => {
    world = await createAlertingWorld([siteOf(1)]);
    world.double.behave(() => (world.double.requests() <= 1 ? 'lost_500' : 'accept'));
    const first = world.sender({ limits: { backoff_ms: 400, backoffMax_ms: 400 } });
    await first.start();
    await world.owe(incidentOf(siteOf(1)), lostNotices(siteOf(1), 'i1'));
    const { outbox } = world.stores;
    const errors = async () => (await outbox.list({ site: 's1', limit: 10 })).map(({ error }) => error);
    await expect.poll(errors).toEqual(['server_error']);
    await first.stop();
    // Claimed again, and dead before anything was handed over.
    await expect.poll(async () => (await outbox.claim('dead', Date.now(), 10)).length).toBe(1);
    const second = world.sender({ soleSender: true });
    await second.start();
    running.push(second);
    expect((await world.settled()).map(({ state }) => state)).toEqual(['sent']);
    expect(perRecipient()).toEqual([1]);
  });

  it('five times in a row, wherever, never makes anybody read a message twice', async () => {
    world = await createAlertingWorld([site]);
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    for (const [step, when] of [
      ['record', 'before'],
      ['send', 'after'],
      ['sending', 'after'],
      ['send', 'before'],
      ['claim', 'after'],
    ] as const) {
      const death = deathAt(step, when, 2);
      const sender = world.sender({
        outbox: death.outbox,
        provider: death.channel(world.twilio()),
        soleSender: true,
        limits: { batch: 3, concurrency: 2 },
      });
      await sender.start();
      await Promise.race([death.died, world.settled()]);
    }
    const last = world.sender({ soleSender: true });
    await last.start();
    running.push(last);
    await world.settled();
    expect(perRecipient().every((count) => count === 1)).toBe(true);
  });
});

it('a sender whose claim somebody else has taken does not send', async () => {
  world = await createAlertingWorld([siteOf(1)]);
  await world.owe(incidentOf(site), lostNotices(siteOf(1), 'i1'));
  const now = Date.now();
  const [claimed] = await world.stores.outbox.claim('slow', now, 10);
  if (claimed === undefined) throw new Error('nothing claimed');
  const [taken] = await world.stores.outbox.abandoned('other', now + 120_000, now + 60_000, 10);
  expect(taken?.delivery.id).toBe(claimed.delivery.id);
  expect(await world.stores.outbox.sending(claimed.delivery.id, 'slow', 'body', now)).toBe(false);
});

it('stopping lets what is being handed over end, and leaves the rest owed for the next', async () => {
  world = await createAlertingWorld([site]);
  const sender = world.sender({ limits: { rate_per_s: 20 } });
  await sender.start();
  await world.owe(incidentOf(site), lostNotices(site, 'i1'));
  while (world.double.accepted.length < 2) await new Promise((done) => setTimeout(done, 5));
  await sender.stop();
  const all = await world.deliveries();
  expect(all.filter(({ state }) => state === 'sent')).toHaveLength(world.double.accepted.length);
  expect(all.filter(({ state }) => state === 'owed')).toHaveLength(OWNERS - world.double.accepted.length);
  expect(all.filter(({ state }) => state === 'claimed')).toHaveLength(0);
});
