import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import twilioEntry from '../../../adapters/channels/twilio.ts';
import type { Channel, OutgoingMessage, SendOutcome } from '../../../core/ports/channel.ts';
import { type Behaviour, createTwilioDouble, type TwilioDouble } from '../../support/twilio-double.ts';

const message: OutgoingMessage = {
  to: '+8613800001234',
  body: '【金文大厦】7栋1201停电。编号B4C5D6E7-1',
  language: 'zh-CN',
};
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const clock = { now: () => Date.now(), monotonic: () => performance.now() };

let double: TwilioDouble;
beforeEach(async () => {
  double = await createTwilioDouble();
});
afterEach(() => double.close());

function open(over: Record<string, unknown> = {}, publicUrl: string | null = null): Channel {
  const settings = {
    accountSid: double.accountSid,
    authToken: double.authToken,
    from: '+15005550006',
    baseUrl: double.url,
    timeout_ms: 300,
    ...over,
  };
  const opened = twilioEntry.open(settings, { clock, log: silent, publicUrl });
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
  return opened.channel;
}

const send = (channel: Channel, given = message): Promise<SendOutcome> =>
  channel.send(given, new AbortController().signal);

describe('handing over', () => {
  it('gives Twilio recipient, sender, body and where to report', async () => {
    const outcome = await send(open({}, 'https://power.example/relight'));
    expect(outcome).toEqual({ outcome: 'accepted', providerId: double.accepted[0]?.sid, segments: 1 });
    expect(double.accepted[0]?.form).toEqual({
      To: message.to,
      From: '+15005550006',
      Body: message.body,
      StatusCallback: 'https://power.example/relight/hooks/twilio/status',
    });
  });

  it('uses the messaging service instead of a number, and counts segments itself while Twilio does not know them', async () => {
    const service = `MG${'ab'.repeat(16)}`;
    const outcome = await send(open({ messagingServiceSid: service }), { ...message, body: '停'.repeat(71) });
    expect(outcome).toMatchObject({ outcome: 'accepted', segments: 2 });
    expect(double.accepted[0]?.form).toMatchObject({ MessagingServiceSid: service });
    expect(double.accepted[0]?.form).not.toHaveProperty('From');
    expect(double.accepted[0]?.form).not.toHaveProperty('StatusCallback');
  });

  test.for<[Behaviour, SendOutcome['outcome'], string, number]>([
    [429, 'later', 'rate_limited', 0],
    [500, 'later', 'server_error', 0],
    [503, 'later', 'server_error', 0],
    [502, 'unknown', 'gateway_error', 0],
    [401, 'later', 'account', 0],
    [21610, 'refused', 'opted_out', 0],
    [21211, 'refused', 'bad_number', 0],
    [21614, 'refused', 'not_mobile', 0],
    [21617, 'refused', 'body_too_long', 0],
    ['hang', 'unknown', 'no_answer', 1],
    ['hang_before', 'unknown', 'no_answer', 0],
    ['reset', 'unknown', 'no_answer', 1],
    ['reset_before', 'unknown', 'no_answer', 0],
    ['garbage', 'unknown', 'bad_answer', 1],
  ])('%s means %s (%s)', async ([behaviour, outcome, code, accepted]) => {
    double.behave(() => behaviour);
    expect(await send(open())).toMatchObject({ outcome, code });
    expect(double.accepted).toHaveLength(accepted);
    expect(double.requests()).toBe(1);
  });

  it('passes on how long Twilio asks to wait', async () => {
    double.behave(() => 429);
    expect(await send(open())).toMatchObject({ outcome: 'later', after_ms: 1_000 });
  });

  it('knows that nothing was handed over when nobody listens', async () => {
    const channel = open();
    await double.close();
    expect(await send(channel)).toMatchObject({ outcome: 'later', code: 'unreachable' });
  });

  it('knows that nothing was handed over when TLS never came up', async () => {
    const deaf = createServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((done) => deaf.listen(0, '127.0.0.1', done));
    const address = deaf.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await send(open({ baseUrl: `https://127.0.0.1:${port}` }))).toMatchObject({
      outcome: 'later',
      code: 'unreachable',
    });
    deaf.close();
  });

  it('stops waiting when told to, not knowing', async () => {
    double.behave(() => 'hang');
    const outcome = await open({ timeout_ms: 5_000 }).send(message, AbortSignal.timeout(100));
    expect(outcome).toMatchObject({ outcome: 'unknown' });
  });
});

describe('looking for what was sent', () => {
  it('finds recipient and exact body since an instant, and nothing else', async () => {
    const channel = open();
    const before = Date.now();
    await send(channel);
    await send(channel, { ...message, body: `${message.body} ` });
    await send(channel, { ...message, to: '+8613800009999' });
    const found = await channel.findSent?.(message, before);
    expect(found?.map((sent) => sent.providerId)).toEqual([double.accepted[0]?.sid]);
    expect(await channel.findSent?.(message, Date.now() + 60_000)).toEqual([]);
  });

  it('finds both of two, so that the caller sees the match is not unique', async () => {
    const channel = open();
    await send(channel);
    await send(channel);
    expect(await channel.findSent?.(message, 0)).toHaveLength(2);
  });

  it('says that it cannot ask', async () => {
    const channel = open();
    await double.close();
    await expect(channel.findSent?.(message, 0)).rejects.toMatchObject({
      name: 'ChannelUnavailable',
      retryable: true,
    });
  });
});

it('names every wrong setting', () => {
  const opened = twilioEntry.open(
    { accountSid: 'nope', from: 'a sender much too long', extra: 1 },
    { clock, log: silent, publicUrl: null },
  );
  expect(opened.ok ? [] : opened.faults.map((fault) => fault.path).sort()).toEqual(
    expect.arrayContaining(['/accountSid', '/authToken', '/from']),
  );
});
