import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { ChannelEntry } from '../../../adapters/channels/entry/define-channel.ts';
import webhookEntry from '../../../adapters/channels/webhook.ts';
import wecomEntry from '../../../adapters/channels/wecom.ts';
import type { Channel, OutgoingMessage } from '../../../core/ports/channel.ts';
import { createLogBook, realClock } from '../../support/quiet.ts';
import { createStubServer, type StubServer } from '../../support/stub-server.ts';

let stub: StubServer;
beforeEach(async () => {
  stub = await createStubServer();
});
afterEach(() => stub.close());

const SECRET = 'a secret of the webhook';
const message: OutgoingMessage = {
  to: 'staff',
  body: '【金文大厦】停电：7栋总开关。编号B4C5D6E7-1',
  language: 'zh-CN',
  key: '0190-delivery',
  template: { stage: 'opened', audience: 'staff', parameters: {} },
};

function open(entry: ChannelEntry, settings: Record<string, unknown>): Channel {
  const opened = entry.open(settings, { clock: realClock, log: createLogBook(), publicUrl: null });
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
  return opened.channel;
}

const send = (channel: Channel, given = message) => channel.send(given, AbortSignal.timeout(5_000));

describe('the WeCom robot', () => {
  const robot = (over: Record<string, unknown> = {}) =>
    open(wecomEntry, {
      key: '693a91f6-7xxx-4bc4-97a0',
      url: `${stub.url}/cgi-bin/webhook/send`,
      timeout_ms: 300,
      ...over,
    });

  it('writes into its group as text, or as markdown with the marks of names escaped', async () => {
    stub.answer(() => ({ json: { errcode: 0, errmsg: 'ok' } }));
    expect(await send(robot())).toMatchObject({ outcome: 'accepted' });
    await send(robot({ format: 'markdown' }), { ...message, body: '**R1**' });
    expect(stub.exchanges[0]?.url.searchParams.get('key')).toBe('693a91f6-7xxx-4bc4-97a0');
    expect(stub.exchanges.map(({ body }) => JSON.parse(body))).toEqual([
      { msgtype: 'text', text: { content: message.body } },
      { msgtype: 'markdown', markdown: { content: '\\*\\*R1\\*\\*' } },
    ]);
  });

  it('cuts what is too long for it between characters', async () => {
    stub.answer(() => ({ json: { errcode: 0 } }));
    await send(robot(), { ...message, body: '电'.repeat(1_000) });
    const { text } = JSON.parse(stub.exchanges[0]?.body ?? '{}');
    expect(Buffer.byteLength(text.content)).toBeLessThanOrEqual(2_048);
    expect(text.content).toMatch(/^电+…$/);
  });

  test.for<[number, string, string]>([
    [45009, 'later', 'rate_limited'],
    [93000, 'later', 'account'],
    [-1, 'later', 'server_error'],
    [40058, 'refused', 'wecom_40058'],
  ])('errcode %i means %s (%s)', async ([errcode, outcome, code]) => {
    stub.answer(() => ({ json: { errcode, errmsg: 'x' } }));
    expect(await send(robot())).toMatchObject({ outcome, code });
  });
});

describe('the webhook', () => {
  const hook = (over: Record<string, unknown> = {}) =>
    open(webhookEntry, { url: `${stub.url}/relight`, secret: SECRET, timeout_ms: 300, ...over });

  it('signs time and body, so that a receiver can tell that it is us, and when', async () => {
    await send(hook());
    const [exchange] = stub.exchanges;
    if (exchange === undefined) throw new Error('not asked');
    const { headers, body } = exchange;
    const timestamp = String(headers['relight-timestamp']);
    expect(Math.abs(Number(timestamp) - Date.now() / 1_000)).toBeLessThan(5);
    const expected = createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex');
    expect(headers['relight-signature']).toBe(`v1=${expected}`);
    expect(headers['relight-id']).toBe('0190-delivery');
    expect(JSON.parse(body)).toMatchObject({ id: '0190-delivery', stage: 'opened', text: message.body });
  });

  test.for<[number, string]>([
    [204, 'accepted'],
    [302, 'refused'],
    [400, 'refused'],
    [429, 'later'],
    [503, 'later'],
  ])('HTTP %i means %s', async ([status, outcome]) => {
    stub.answer(() => ({ status, headers: { location: stub.url } }));
    expect(await send(hook())).toMatchObject({ outcome });
    expect(stub.exchanges).toHaveLength(1);
  });

  it('is tried again after silence: the receiver knows a repetition by its id', async () => {
    stub.answer(() => 'hang');
    expect(await send(hook())).toMatchObject({ outcome: 'later', code: 'no_answer' });
  });

  test.for([
    'http://relight.example/in',
    'http://localhost@evil.example/',
    'ftp://127.0.0.1/',
    'https://user:secret@example.com/',
  ])('is not set up for %s', (url) => {
    const opened = webhookEntry.open(
      { url, secret: SECRET },
      { clock: realClock, log: createLogBook(), publicUrl: null },
    );
    expect(opened.ok ? [] : opened.faults.map(({ path }) => path)).toEqual(['/url']);
  });

  test.for([
    'https://169.254.169.254/latest/meta-data/',
    'https://[fe80::1]/',
    'https://100.100.100.200/latest',
    'https://[::ffff:169.254.169.254]/',
    'https://0.0.0.0/',
  ])('never calls %s, where only this machine’s cloud answers', async (url) => {
    expect(await send(hook({ url }))).toMatchObject({ outcome: 'refused', code: 'forbidden_address' });
  });
});
