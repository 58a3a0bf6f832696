import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, test } from 'vitest';
import { NOTHING_CHOSEN } from '../../core/notices/message-caps.ts';
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
import type { Behaviour } from '../support/twilio-double.ts';

let world: AlertingWorld;
const running: Lifecycle[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  await world.close();
});

async function begin(site: Site, options: Parameters<AlertingWorld['sender']>[0] = {}): Promise<void> {
  world = await createAlertingWorld([site]);
  const sender = world.sender(options);
  await sender.start();
  running.push(sender);
}

const states = async (): Promise<readonly string[]> => (await world.settled()).map(({ state }) => state);

describe('one message each', () => {
  it('reaches every owner once, in their language, with number and revision, and is recorded with the provider’s id', async () => {
    const site = siteOf(20);
    await begin(site);
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    const all = await world.settled();
    expect(new Set(world.double.accepted.map(({ to }) => to))).toEqual(
      new Set(site.premises.map(({ owner }) => owner?.phone)),
    );
    expect(world.double.accepted).toHaveLength(20);
    expect(world.double.accepted[0]?.body).toMatch(
      /^【金文大厦】7栋10\d\d于.+停电，原因：小区供电设备故障.+编号i1-1$/,
    );
    expect(new Set(all.map(({ providerId }) => providerId))).toEqual(
      new Set(world.double.accepted.map(({ sid }) => sid)),
    );
    expect(all.every(({ state }) => state === 'sent')).toBe(true);
  });

  it('leaves within a second of the nudge, not at the next poll', async () => {
    const site = siteOf(1);
    await begin(site, { limits: { poll_ms: 60_000 } });
    await new Promise((done) => setTimeout(done, 100));
    const started = Date.now();
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await world.settled();
    expect(Date.now() - started).toBeLessThan(1_000);
  });

  it('is found by the poll when the nudge was lost', async () => {
    const site = siteOf(1);
    world = await createAlertingWorld([site]);
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    const sender = world.sender({ limits: { poll_ms: 30 } });
    await sender.start();
    running.push(sender);
    expect(await states()).toEqual(['sent']);
  });

  it('comes from one of two senders, never from both', async () => {
    const site = siteOf(60);
    await begin(site, { limits: { batch: 10 } });
    const second = world.sender({ limits: { batch: 10 } });
    await second.start();
    running.push(second);
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await world.settled();
    expect(world.double.accepted).toHaveLength(60);
  });

  it('follows upon message without a pause between batches', async () => {
    const site = siteOf(300);
    await begin(site, { limits: { poll_ms: 60_000, claim_ms: 60_000, batch: 20 } });
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await world.settled(18_000);
    expect(world.double.accepted).toHaveLength(300);
    expect(new Set(world.double.accepted.map(({ to }) => to)).size).toBe(300);
  });

  it('goes no faster than the provider allows', async () => {
    const site = siteOf(30);
    await begin(site, { limits: { rate_per_s: 50 } });
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await world.settled();
    const [first, last] = [world.double.accepted[0], world.double.accepted[29]];
    expect((last?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(500);
  });
});

describe('a simulated site', () => {
  it('never reaches the provider, and says so in the message', async () => {
    const site = siteOf(3, { simulated: true });
    await begin(site);
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    expect(await states()).toEqual(['sent', 'sent', 'sent']);
    expect(world.double.requests()).toBe(0);
    const lines = (await readFile(join(world.folder, 'messages.jsonl'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(3);
  });

  it('is not the only one on the log channel: without a provider every site is', async () => {
    const site = siteOf(1);
    await begin(site, { provider: null });
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    expect(await states()).toEqual(['sent']);
    expect(world.double.requests()).toBe(0);
  });
});

describe('what the provider answers', () => {
  test.for<[string, readonly Behaviour[], string, string | null, number]>([
    ['too many requests, then yes', [429, 'accept'], 'sent', null, 1],
    ['its own failure twice, then yes', [500, 503, 'accept'], 'sent', null, 1],
    ['a failure although it took the message', ['lost_500', 'accept'], 'sent', null, 1],
    ['opted out', [21610], 'failed', 'opted_out', 0],
    ['a bad number', [21211, 'accept'], 'failed', 'bad_number', 0],
    ['nothing, having taken the message', ['hang'], 'sent', null, 1],
    ['a reset, having taken the message', ['reset'], 'sent', null, 1],
    ['rubbish, having taken the message', ['garbage'], 'sent', null, 1],
    ['nothing, and took nothing', ['hang_before', 'accept'], 'unknown', 'look_up_nothing', 0],
    ['a gateway’s failure', [502, 'accept'], 'unknown', 'look_up_nothing', 0],
    ['failure for ever', [500, 500, 500, 500], 'failed', 'server_error', 0],
  ])('%s', async ([, answers, state, error, accepted]) => {
    const site = siteOf(1);
    await begin(site, { limits: { attempts: 4 } });
    world.double.behave((_, n) => answers[n - 1] ?? 'accept');
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    expect(await world.settled()).toMatchObject([{ state, error }]);
    expect(world.double.accepted).toHaveLength(accepted);
    expect(world.double.requests()).toBeLessThanOrEqual(answers.length);
  });

  it('that the recipient opted out is kept: the next message is not even tried', async () => {
    const site = siteOf(1);
    await begin(site);
    world.double.behave(() => 21610);
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await world.settled();
    world.double.behave(() => 'accept');
    await world.owe(incidentOf(site, { state: 'restored' }), lostNotices(site, 'i1', { stage: 'restored' }));
    expect((await world.settled()).map(({ error }) => error)).toEqual(['opted_out', 'opted_out']);
    expect(world.double.requests()).toBe(1);
  });

  it('is recorded without the number it repeats', async () => {
    const site = siteOf(1);
    await begin(site);
    world.double.behave(() => 21614);
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await world.settled();
    expect(JSON.stringify(world.logBook.lines)).not.toContain(phoneOf(0).slice(-8));
  });

  it('when it is two messages for one body, a person decides', async () => {
    const site = siteOf(1);
    await begin(site);
    // The answer to the second is lost; both were taken with the same body.
    world.double.behave(() => 'hang');
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    while (world.double.accepted.length === 0) await new Promise((done) => setTimeout(done, 5));
    const [first] = world.double.accepted;
    if (first === undefined) throw new Error('not accepted');
    const unanswered = new AbortController();
    const again = fetch(`${world.double.url}/2010-04-01/Accounts/${world.double.accountSid}/Messages.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${world.double.accountSid}:${world.double.authToken}`)}` },
      body: new URLSearchParams({ To: first.to, Body: first.body, From: '+15005550006' }),
      signal: unanswered.signal,
    }).catch(() => {});
    while (world.double.accepted.length < 2) await new Promise((done) => setTimeout(done, 5));
    unanswered.abort();
    await again;
    expect(await world.settled()).toMatchObject([{ state: 'unknown', error: 'look_up_several' }]);
  });
});

describe('limits', () => {
  it('hold back what exceeds the cost cap, for a person', async () => {
    const site = siteOf(10);
    await begin(site, { limits: { segmentsPerHour: 8 } });
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    const all = await world.settled();
    expect(all.filter(({ state }) => state === 'sent')).toHaveLength(world.double.accepted.length);
    expect(world.double.accepted.length).toBeLessThan(10);
    expect(all.filter(({ state, error }) => state === 'blocked' && error === 'cost_cap').length).toBe(
      10 - world.double.accepted.length,
    );
  });

  it('remember what was spent before a restart', async () => {
    const site = siteOf(6);
    await begin(site);
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await world.settled();
    await running.pop()?.stop();
    const next = world.sender({ limits: { segmentsPerHour: 6 } });
    await next.start();
    running.push(next);
    await world.owe(incidentOf(site, { id: 'i2' }), lostNotices(site, 'i2').slice(0, 1));
    expect((await world.settled()).filter(({ state }) => state === 'blocked')).toMatchObject([
      { subject: 'i2', error: 'cost_cap' },
    ]);
  });

  it('change while messages are sent, for the next one and without a restart', async () => {
    const site = siteOf(10);
    await begin(site);
    await world.owe(incidentOf(site), lostNotices(site, 'i1').slice(0, 3));
    expect((await world.settled()).map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
    const chosen = { ...NOTHING_CHOSEN, segmentsPerIncident: 3 };
    const caps = { site: 's1', savedAt: Date.now(), savedBy: 'u1', reason: 'test', chosen };
    await world.stores.messageCaps.put(caps, 0);
    await new Promise((done) => setTimeout(done, 2_100));
    await world.owe(incidentOf(site), lostNotices(site, 'i1').slice(3));
    const held = (await world.settled()).filter(({ state }) => state === 'blocked');
    expect(new Set(held.map(({ error }) => error))).toEqual(new Set(['incident_cap']));
    expect(held).toHaveLength(7);
    expect(world.double.accepted).toHaveLength(3);
  });

  it('hold what one owner gets beyond their number in a day, and no word to staff', async () => {
    const site = siteOf(1);
    await begin(site, { limits: { perOwnerPerDay: 1 } });
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await world.settled();
    const later = incidentOf(site, { id: 'i2' });
    await world.owe(later, lostNotices(site, 'i2'));
    expect((await world.settled()).filter(({ state }) => state === 'blocked')).toMatchObject([
      { subject: 'i2', error: 'number_per_day' },
    ]);
    await world.owe(incidentOf(site, { id: 'i3' }), lostNotices(site, 'i3', { audience: 'staff' }));
    const all = await world.settled();
    expect(all.find(({ subject }) => subject === 'i3')?.error ?? null).not.toBe('number_per_day');
  });

  it('let one large fault through, and stop many small ones that together alarm the fleet', async () => {
    const site = siteOf(20);
    await begin(site, { limits: { fleetShare_percent: 50, fleetIncidents: 3 } });
    await world.owe(incidentOf(site), lostNotices(site, 'i1'));
    await world.settled();
    expect(world.double.accepted).toHaveLength(20);
    await world.owe(incidentOf(site, { id: 'i2' }), lostNotices(site, 'i2').slice(0, 1));
    await world.settled();
    await world.owe(incidentOf(site, { id: 'i3' }), lostNotices(site, 'i3').slice(0, 1));
    const all = await world.settled();
    expect(all.filter(({ state }) => state === 'blocked')).toMatchObject([
      { subject: 'i3', error: 'fleet_share' },
    ]);
  });
});
