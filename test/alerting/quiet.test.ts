import { afterEach, describe, expect, it } from 'vitest';
import type { PersonProfile } from '../../core/people/profile.ts';
import { PLAIN_PROFILE } from '../../core/people/profile.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import {
  type AlertingWorld,
  createAlertingWorld,
  incidentOf,
  lostNotices,
  phoneOf,
  siteOf,
} from '../support/alerting-world.ts';
import { eventually } from '../support/eventually.ts';

let world: AlertingWorld;
const running: Lifecycle[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  await world.close();
});

const site = siteOf(3, { timeZone: 'UTC' });
/** `HH:MM` so many minutes from now. */
const clockIn = (minutes: number): string =>
  new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 16);
const asleep = (): PersonProfile['quiet'] => ({ from: clockIn(-60), to: clockIn(60) });

async function begin(profiles: Readonly<Record<number, Partial<PersonProfile>>>): Promise<void> {
  world = await createAlertingWorld([site]);
  const given = Object.entries(profiles).map(([n, profile]) => {
    return { phone: phoneOf(Number(n)), profile: { ...PLAIN_PROFILE, ...profile } };
  });
  await world.stores.people.putProfiles('s1', given);
}
async function send(limits = {}): Promise<void> {
  const sender = world.sender({ limits });
  await sender.start();
  running.push(sender);
}
const sentTo = (): readonly string[] => world.double.accepted.map(({ to }) => to);

describe('quiet hours', () => {
  it('hold a message until they end; danger and those who depend on supply are told at once', async () => {
    await begin({ 0: { quiet: asleep() }, 1: { quiet: asleep(), medicalDevice: true } });
    await send();
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await eventually(
      async () => (await world.deliveries()).filter(({ state }) => state === 'sent').length,
    ).toBe(2);
    expect([...sentTo()].sort()).toEqual([phoneOf(1), phoneOf(2)]);
    const held = (await world.deliveries()).find(({ state }) => state === 'owed');
    expect(held?.error).toBe('quiet_hours');
    expect(held?.nextAttemptAt).toBeGreaterThan(Date.now() + 50 * 60_000);
    expect(await world.stores.dispatches.informed('s1', 'i1')).toMatchObject({
      pending: 0,
      held: 1,
      told: 2,
    });
    await world.owe(incidentOf(site), lostNotices(site, 'i1', { stage: 'danger' }));
    await eventually(() => sentTo().filter((to) => to === phoneOf(0)).length).toBe(1);
  });

  it('that ended after the outage leave nothing to say but that it is over', async () => {
    await begin({ 0: { quiet: asleep() } });
    await send();
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await eventually(async () =>
      (await world.deliveries()).some(({ error }) => error === 'quiet_hours'),
    ).toBe(true);
    const over = incidentOf(site, { state: 'restored', restoredAt: Date.now() });
    await world.owe(over, []);
    await world.stores.people.putProfiles('s1', [
      { phone: phoneOf(0), profile: { ...PLAIN_PROFILE, quiet: { from: clockIn(120), to: clockIn(180) } } },
    ]);
    const held = (await world.deliveries()).find(({ error }) => error === 'quiet_hours');
    await world.stores.outbox.record(held?.id ?? '', {
      state: 'owed',
      at: Date.now(),
      error: 'quiet_hours',
      nextAttemptAt: Date.now(),
    });
    await eventually(async () => (await world.deliveries()).find(({ id }) => id === held?.id)?.state).toBe(
      'superseded',
    );
    expect(sentTo()).not.toContain(phoneOf(0));
  });
});

it('who depends on supply is told before the others', async () => {
  await begin({ 2: { vulnerable: true } });
  await world.owe(incidentOf(site), lostNotices(site, 'i1'));
  await send({ batch: 2, concurrency: 1 });
  await world.settled();
  expect(sentTo()[0]).toBe(phoneOf(2));
});
