import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { HookWorld } from '../../../adapters/channels/entry/hook.ts';
import voiceEntry from '../../../adapters/channels/twilio-voice.ts';
import type { Channel } from '../../../core/ports/channel.ts';
import { createLogBook, createMeter, realClock } from '../../support/quiet.ts';
import { createStubServer, type StubServer } from '../../support/stub-server.ts';

const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
const message = {
  to: '+8613800001234',
  body: '【金文大厦】7栋1201 <A&B> 停电，见 https://x.example/t 编号B4C5D6E7-1',
  language: 'zh-CN',
} as const;

let stub: StubServer;
beforeEach(async () => {
  stub = await createStubServer();
  stub.answer(() => ({ status: 201, json: { sid: `CA${'a'.repeat(32)}`, status: 'queued' } }));
});
afterEach(() => stub.close());

const settings = () => ({
  accountSid: ACCOUNT,
  authToken: 'token',
  from: '+15005550006',
  baseUrl: stub.url,
  timeout_ms: 300,
});

function open(publicUrl: string | null = 'https://power.example'): Channel {
  const opened = voiceEntry.open(settings(), { clock: realClock, log: createLogBook(), publicUrl });
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
  return opened.channel;
}

const send = (channel: Channel) => channel.send(message, AbortSignal.timeout(5_000));

it('calls and says the message twice in its language, without links, with marks escaped', async () => {
  expect(await send(open())).toEqual({ outcome: 'accepted', providerId: `CA${'a'.repeat(32)}`, segments: 1 });
  const [exchange] = stub.exchanges;
  expect(exchange?.url.pathname).toBe(`/2010-04-01/Accounts/${ACCOUNT}/Calls.json`);
  const form = new URLSearchParams(exchange?.body);
  expect(form.get('To')).toBe(message.to);
  expect(form.get('StatusCallback')).toBe('https://power.example/hooks/twilio/call');
  const twiml = form.get('Twiml') ?? '';
  expect(twiml.match(/<Say language="zh-CN">/g)).toHaveLength(2);
  expect(twiml).toContain('&lt;A&amp;B&gt;');
  expect(twiml).not.toContain('https://x.example');
  expect(twiml.length).toBeLessThan(4_000);
});

it('stays within the length that TwiML may have, whatever the text', async () => {
  await open().send({ ...message, body: '&'.repeat(5_000) }, AbortSignal.timeout(5_000));
  expect((new URLSearchParams(stub.exchanges[0]?.body).get('Twiml') ?? '').length).toBeLessThan(4_000);
});

it('does not know after silence, and cannot ask: a person decides', async () => {
  stub.answer(() => 'hang');
  const channel = open();
  expect(await send(channel)).toMatchObject({ outcome: 'unknown', code: 'no_answer' });
  expect(channel.findSent).toBeUndefined();
});

it('hears nothing where nothing outside reaches us, and says so', () => {
  expect(open(null).receipts).toBe(false);
  expect(open().receipts).toBe(true);
});

describe('how a call went', () => {
  const receipts: unknown[] = [];
  const world: HookWorld = {
    publicUrl: 'https://power.example',
    clock: { now: () => 1_000, monotonic: () => 0 },
    telemetry: createMeter(),
    receipt: async (...given) => {
      receipts.push(given);
      return true;
    },
    received: async () => undefined,
  };
  const call = async (status: string, token = 'token') => {
    receipts.length = 0;
    const form = { CallSid: 'CA1', CallStatus: status, To: message.to };
    const url = 'https://power.example/hooks/twilio/call';
    const signature = twilio.getExpectedTwilioSignature(token, url, form);
    const [hook] = voiceEntry.hooks;
    return await hook?.receive(settings(), { query: '', signature, token: '', body: form }, world);
  };

  test.for([
    ['completed', 'delivered', undefined],
    ['no-answer', 'undelivered', 'no_answer'],
    ['busy', 'undelivered', 'busy'],
    ['failed', 'failed', 'failed'],
  ])('%s is %s', async ([status = '', state, error]) => {
    expect(await call(status)).toEqual({ status: 204 });
    expect(receipts).toEqual([['CA1', state, 1_000, error]]);
  });

  it('is not believed without the signature', async () => {
    expect(await call('completed', 'another')).toEqual({ status: 403 });
    expect(receipts).toEqual([]);
  });

  it('is nothing yet while it rings', async () => {
    await call('ringing');
    expect(receipts).toEqual([]);
  });
});
