import { afterEach, describe, expect, it } from 'vitest';
import type { AlertingLimits } from '../../alerting/limits.ts';
import { type PersonProfile, PLAIN_PROFILE } from '../../core/people/profile.ts';
import type { Channel, OutgoingMessage, SendOutcome } from '../../core/ports/channel.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Site } from '../../core/topology/site.ts';
import {
  type AlertingWorld,
  createAlertingWorld,
  incidentOf,
  lostNotices,
  phoneOf,
  siteOf,
} from '../support/alerting-world.ts';

let world: AlertingWorld;
const running: Lifecycle[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  await world.close();
});

interface Recorder extends Channel {
  readonly taken: OutgoingMessage[];
}

/** A channel by the port's own words: it takes everything, or answers as it is told. */
function recorder(id: string, over: Partial<Channel> = {}, outcome?: () => SendOutcome): Recorder {
  const taken: OutgoingMessage[] = [];
  return {
    id,
    taken,
    async send(message) {
      const said = outcome?.() ?? {
        outcome: 'accepted' as const,
        providerId: `${id}-${message.key ?? ''}`,
        segments: 1,
      };
      if (said.outcome === 'accepted') taken.push(message);
      return said;
    },
    ...over,
  };
}

async function begin(
  site: Site,
  providers: Readonly<Record<string, Channel>>,
  profile: Partial<PersonProfile> = {},
  limits: Partial<AlertingLimits> = {},
): Promise<void> {
  world = await createAlertingWorld([site]);
  const profiles = site.premises.map((_, n) => ({
    phone: phoneOf(n),
    profile: { ...PLAIN_PROFILE, ...profile },
  }));
  await world.stores.people.putProfiles('s1', profiles);
  const sender = world.sender({
    providers: new Map(Object.entries(providers)),
    limits: { fallback_ms: 30, claim_ms: 5_000, sendTimeout_ms: 2_000, ...limits },
  });
  await sender.start();
  running.push(sender);
}

const oweLost = (site: Site) => world.owe(incidentOf(site), lostNotices(site, 'i1'));
const states = async () =>
  Object.fromEntries((await world.deliveries()).map(({ channel, state }) => [channel, state]));
const until = async (check: () => boolean | Promise<boolean>) => {
  for (let tries = 0; !(await check()); tries += 1) {
    if (tries > 500) throw new Error(JSON.stringify(await world.deliveries()));
    await new Promise((done) => setTimeout(done, 20));
  }
};

describe('a person is reached', () => {
  it('on the channel they wish first, and on no other', async () => {
    const site = siteOf(1);
    const [sms, email] = [recorder('sms'), recorder('email')];
    await begin(site, { sms, email }, { channels: ['email', 'sms'], email: 'owner@example.com' });
    await oweLost(site);
    await until(() => email.taken.length === 1);
    await world.settled();
    expect(email.taken[0]?.to).toBe('owner@example.com');
    expect(sms.taken).toEqual([]);
    expect(await states()).toEqual({ sms: 'superseded', email: 'sent' });
  });

  it('by a call before all else when they depend on supply, where calls are set up', async () => {
    const site = siteOf(1);
    const [sms, voice] = [recorder('sms'), recorder('voice')];
    await begin(site, { sms, voice }, { medicalDevice: true });
    await oweLost(site);
    await until(() => voice.taken.length === 1);
    await world.settled();
    expect(sms.taken).toEqual([]);
  });

  it('on the next channel when the first refuses, and back on SMS when that was passed over', async () => {
    const site = siteOf(1);
    const sms = recorder('sms');
    const voice = recorder('voice', {}, () => ({ outcome: 'refused', code: 'bad_number', detail: '' }));
    await begin(site, { sms, voice }, { vulnerable: true });
    await oweLost(site);
    await until(() => sms.taken.length === 1);
    await until(async () => (await states()).sms === 'sent');
    expect(await states()).toEqual({ sms: 'sent', voice: 'failed' });
  });

  it('on the next channel when a receipt says that the first did not arrive, once', async () => {
    const site = siteOf(1);
    const [sms, voice] = [recorder('sms', { receipts: true }), recorder('voice', { receipts: true })];
    await begin(site, { sms, voice }, { channels: ['sms', 'voice'] });
    await oweLost(site);
    await world.settled();
    expect(voice.taken).toEqual([]);
    const id = `sms-${sms.taken[0]?.key ?? ''}`;
    await world.stores.outbox.receipt('sms', id, 'undelivered', Date.now(), 'twilio_30003');
    await world.stores.outbox.receipt('sms', id, 'failed', Date.now());
    await until(() => voice.taken.length === 1);
    await world.settled();
    expect(sms.taken).toHaveLength(1);
    expect(voice.taken).toHaveLength(1);
  });

  it('on no other channel while nobody knows the end of the first', async () => {
    const site = siteOf(1);
    const sms = recorder('sms', {}, () => ({ outcome: 'unknown', code: 'no_answer', detail: '' }));
    const voice = recorder('voice');
    await begin(site, { sms, voice }, { channels: ['sms', 'voice'] });
    await oweLost(site);
    await until(async () => (await states()).sms === 'unknown');
    await new Promise((done) => setTimeout(done, 300));
    expect(voice.taken).toEqual([]);
    const [open] = await world.deliveries();
    await world.stores.outbox.decideUnknown('s1', open?.id ?? '', 'next_channel', Date.now());
    await until(() => voice.taken.length === 1);
  });

  it('no more when the outage is over before the next channel’s turn', async () => {
    const site = siteOf(1);
    const [sms, voice] = [recorder('sms', { receipts: true }), recorder('voice')];
    await begin(site, { sms, voice }, { channels: ['sms', 'voice'] });
    await oweLost(site);
    await world.settled();
    await world.owe(incidentOf(site, { state: 'restored', restoredAt: Date.now() }), []);
    await world.stores.outbox.receipt('sms', `sms-${sms.taken[0]?.key ?? ''}`, 'undelivered', Date.now());
    await new Promise((done) => setTimeout(done, 300));
    expect(voice.taken).toEqual([]);
  });

  it('on no provider’s channel when the site is simulated, whatever they wish', async () => {
    const site = siteOf(1, { simulated: true });
    const [sms, voice, email] = [recorder('sms'), recorder('voice'), recorder('email')];
    await begin(
      site,
      { sms, voice, email },
      { channels: ['email'], email: 'o@example.com', vulnerable: true },
    );
    await oweLost(site);
    await world.settled();
    expect([sms.taken, voice.taken, email.taken]).toEqual([[], [], []]);
    expect(await states()).toEqual({ sms: 'sent' });
  });
});

it('the desk hears on every group and machine that is set up', async () => {
  const site = siteOf(1);
  const [sms, wecom, webhook] = [recorder('sms'), recorder('wecom'), recorder('webhook')];
  await begin(site, { sms, wecom, webhook });
  const staff = { stage: 'opened', audience: 'staff', recipient: 'staff', premises: [] } as const;
  await world.owe(incidentOf(site), lostNotices(site, 'i1', staff).slice(0, 1));
  await until(() => wecom.taken.length === 1 && webhook.taken.length === 1);
  expect(sms.taken).toEqual([]);
});

describe('limits', () => {
  it('hold back what passes the cap of an incident, tell the desk once, and let it go at a person’s word', async () => {
    const site = siteOf(6);
    const [sms, wecom] = [recorder('sms'), recorder('wecom')];
    await begin(site, { sms, wecom }, {}, { segmentsPerIncident: 2 });
    await oweLost(site);
    await until(() => wecom.taken.length > 0);
    await world.settled();
    expect(wecom.taken.map(({ body }) => body)).toMatchObject([expect.stringContaining('通知已暂停')]);
    const [group] = await world.stores.outbox.held('s1');
    expect(group).toMatchObject({ reason: 'incident_cap', count: 6 - sms.taken.length });
    if (group === undefined) throw new Error('nothing held');
    await world.stores.outbox.decideHeld('s1', group, 'release', Date.now());
    await until(() => sms.taken.length === 6);
    await world.settled();
    expect(new Set(sms.taken.map(({ to }) => to)).size).toBe(6);
    expect(wecom.taken).toHaveLength(1);
  });

  it('of one number a day are kept', async () => {
    const site = siteOf(1);
    const sms = recorder('sms', { limits: { perRecipientPerDay: 2 } });
    await begin(site, { sms });
    for (const id of ['i1', 'i2', 'i3']) {
      await world.owe(incidentOf(site, { id }), lostNotices(site, id));
      await world.settled();
    }
    expect(sms.taken).toHaveLength(2);
    expect((await world.stores.outbox.held('s1')).map(({ reason }) => reason)).toEqual(['number_per_day']);
  });

  it('of a slow channel hold up no other', async () => {
    const site = siteOf(20);
    const [sms, wecom] = [recorder('sms'), recorder('wecom', { limits: { perMinute: 1 } })];
    await begin(site, { sms, wecom });
    const staff = { stage: 'opened', audience: 'staff', recipient: 'staff', premises: [] } as const;
    for (const id of ['i1', 'i2', 'i3']) {
      await world.owe(incidentOf(site, { id }), lostNotices(site, id, staff).slice(0, 1));
    }
    await oweLost(site);
    await until(() => sms.taken.length === 20);
    expect(wecom.taken.length).toBeLessThan(3);
  });
});
