import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import twilioEntry from '../../../adapters/channels/twilio.ts';
import {
  createTwilioCallback,
  TWILIO_CALLBACK_PATH,
} from '../../../adapters/channels/twilio-api/callback.ts';
import { createTwilioDouble, type TwilioDouble } from '../../support/twilio-double.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const clock = { now: () => 1_767_225_600_000, monotonic: () => 0 };

interface Host {
  readonly publicUrl: string;
  readonly receipts: unknown[];
  readonly counted: string[];
  close(): Promise<void>;
}

/** A proxy's view: Twilio calls the public address, the handler sees only path and form. */
async function host(): Promise<Host> {
  const receipts: unknown[] = [];
  const counted: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const [, query = ''] = (request.url ?? '').split('?');
      const signature = request.headers['x-twilio-signature'];
      void handle({
        query,
        signature: String(signature),
        form: Object.fromEntries(new URLSearchParams(body)),
      }).then((status) => response.writeHead(status).end());
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const publicUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const handle = createTwilioCallback({
    authToken: double.authToken,
    publicUrl,
    clock,
    telemetry: { count: (name) => void counted.push(name), gauge() {}, observe() {} },
    receipt: async (...given) => {
      receipts.push(given);
      return true;
    },
  });
  return { publicUrl, receipts, counted, close: () => new Promise((done) => server.close(() => done())) };
}

let double: TwilioDouble;
let door: Host;
beforeEach(async () => {
  double = await createTwilioDouble();
  door = await host();
});
afterEach(async () => {
  await door.close();
  await double.close();
});

async function sent() {
  const opened = twilioEntry.open(
    { accountSid: double.accountSid, authToken: double.authToken, from: '+15005550006', baseUrl: double.url },
    { clock, log: silent, publicUrl: door.publicUrl },
  );
  if (!opened.ok) throw new Error('settings');
  await opened.channel.send(
    { to: '+8613800001234', body: 'x', language: 'en' },
    new AbortController().signal,
  );
  const [message] = double.accepted;
  if (message === undefined) throw new Error('not accepted');
  return message;
}

describe('a status callback', () => {
  it('signed by Twilio becomes a receipt, its error code with it', async () => {
    const message = await sent();
    expect(await double.report(message, 'delivered')).toBe(204);
    expect(await double.report(message, 'undelivered', '30003')).toBe(204);
    expect(door.receipts).toEqual([
      [message.sid, 'delivered', clock.now(), undefined],
      [message.sid, 'undelivered', clock.now(), 'twilio_30003'],
    ]);
  });

  it('on the way to sending is taken and says nothing', async () => {
    expect(await double.report(await sent(), 'sending')).toBe(204);
    expect(door.receipts).toEqual([]);
  });

  it('forged, altered or unsigned is refused and counted', async () => {
    const message = await sent();
    const url = `${door.publicUrl}${TWILIO_CALLBACK_PATH}`;
    const form = { MessageSid: message.sid, MessageStatus: 'delivered' };
    const post = async (headers: Record<string, string>, given = form): Promise<number> =>
      (await fetch(url, { method: 'POST', headers, body: new URLSearchParams(given) })).status;
    const { default: twilio } = await import('twilio');
    const signature = twilio.getExpectedTwilioSignature(double.authToken, url, form);

    expect(await post({ 'X-Twilio-Signature': 'bm90IGEgc2lnbmF0dXJl' })).toBe(403);
    expect(await post({})).toBe(403);
    expect(await post({ 'X-Twilio-Signature': signature }, { ...form, MessageStatus: 'failed' })).toBe(403);
    expect(
      await post({ 'X-Twilio-Signature': twilio.getExpectedTwilioSignature('another token', url, form) }),
    ).toBe(403);
    expect(door.receipts).toEqual([]);
    expect(door.counted).toHaveLength(4);
    expect(await post({ 'X-Twilio-Signature': signature })).toBe(204);
  });

  it('signed but without a message is a bad request', async () => {
    const { default: twilio } = await import('twilio');
    const url = `${door.publicUrl}${TWILIO_CALLBACK_PATH}`;
    const signature = twilio.getExpectedTwilioSignature(double.authToken, url, { Foo: 'bar' });
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'X-Twilio-Signature': signature },
      body: new URLSearchParams({ Foo: 'bar' }),
    });
    expect(response.status).toBe(400);
  });
});
