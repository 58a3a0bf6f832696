import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import aliyunEntry from '../../../adapters/channels/aliyun.ts';
import { queryText, signedHeaders } from '../../../adapters/channels/aliyun-api/sign.ts';
import type { HookWorld } from '../../../adapters/channels/entry/hook.ts';
import type { Channel, OutgoingMessage } from '../../../core/ports/channel.ts';
import { createLogBook, createMeter, realClock } from '../../support/quiet.ts';
import { createStubServer, type StubServer } from '../../support/stub-server.ts';

const TOKEN = 'token-in-the-path-of-the-callback';
const key = { id: 'LTAIexample1', secret: 'secret-of-the-test' };
const message: OutgoingMessage = {
  to: '+8613800001234',
  body: '【金文大厦】7栋1201停电。编号B4C5D6E7-1',
  language: 'zh-CN',
  key: '0190-delivery',
  template: {
    stage: 'lost',
    audience: 'owner',
    parameters: { where: '1201', since: '05-03 14:03', root: '开关' },
  },
};

let stub: StubServer;
beforeEach(async () => {
  stub = await createStubServer();
  stub.answer(() => ({ json: { Code: 'OK', Message: 'OK', BizId: '900619746936498440^0', RequestId: 'r' } }));
});
afterEach(() => stub.close());

function settingsOf(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    accessKeyId: key.id,
    accessKeySecret: key.secret,
    signName: '金文物业',
    templates: { lost: { code: 'SMS_154950909', parameters: ['where', 'since'] } },
    url: stub.url,
    timeout_ms: 300,
    ...over,
  };
}

function open(over: Record<string, unknown> = {}): Channel {
  const context = { clock: realClock, log: createLogBook(), publicUrl: 'https://power.example' };
  const opened = aliyunEntry.open(settingsOf(over), context);
  if (!opened.ok) throw new Error(JSON.stringify(opened.faults));
  return opened.channel;
}

const send = (channel: Channel, given = message) => channel.send(given, AbortSignal.timeout(5_000));

it('signs as the provider’s documentation does in its worked example', () => {
  const { authorization } = signedHeaders(
    { id: 'YourAccessKeyId', secret: 'YourAccessKeySecret' },
    {
      host: 'ecs.cn-shanghai.aliyuncs.com',
      action: 'RunInstances',
      version: '2014-05-26',
      query: {
        ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd',
        RegionId: 'cn-shanghai',
      },
      date: '2023-10-26T10:22:32Z',
      nonce: '3156853299f313e23d1673dc12e1703d',
    },
  );
  expect(authorization).toContain(
    'Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
  );
});

describe('handing over', () => {
  it('gives number, sign name, the template of the stage with its variables, and our key; the signature holds', async () => {
    expect(await send(open())).toEqual({ outcome: 'accepted', providerId: '0190-delivery', segments: 1 });
    const [exchange] = stub.exchanges;
    expect(Object.fromEntries(exchange?.url.searchParams ?? [])).toEqual({
      PhoneNumbers: '13800001234',
      SignName: '金文物业',
      TemplateCode: 'SMS_154950909',
      TemplateParam: JSON.stringify({ where: '1201', since: '05-03 14:03' }),
      OutId: '0190-delivery',
    });
    if (exchange === undefined) throw new Error('not asked');
    const { headers } = exchange;
    expect(headers).toMatchObject({ 'x-acs-action': 'SendSms', 'x-acs-version': '2017-05-25' });
    const again = signedHeaders(key, {
      host: new URL(stub.url).host,
      action: 'SendSms',
      version: '2017-05-25',
      query: Object.fromEntries(exchange.url.searchParams),
      date: String(headers['x-acs-date']),
      nonce: String(headers['x-acs-signature-nonce']),
    });
    expect(headers.authorization).toBe(again.authorization);
  });

  it('what is signed is what is sent, character by character', async () => {
    await send(open(), {
      ...message,
      template: { stage: 'lost', audience: 'owner', parameters: { where: "1号 (A)*!'~", since: '&=+' } },
    });
    const [exchange] = stub.exchanges;
    expect(exchange?.url.search.slice(1)).toBe(
      queryText(Object.fromEntries(exchange?.url.searchParams ?? [])),
    );
  });

  it('uses the most particular template, and none for a stage that has none', async () => {
    const templates = {
      lost: { code: 'SMS_1' },
      'lost.owner.en': { code: 'SMS_2' },
      'lost.staff': { code: 'SMS_3' },
    };
    const channel = open({ templates });
    await send(channel);
    await send(channel, { ...message, language: 'en' });
    await send(channel, { ...message, template: { stage: 'lost', audience: 'staff', parameters: {} } });
    const codes = stub.exchanges.map(({ url }) => url.searchParams.get('TemplateCode'));
    expect(codes).toEqual(['SMS_1', 'SMS_2', 'SMS_3']);
    const other = { ...message, template: { stage: 'danger', audience: 'owner', parameters: {} } as const };
    expect(await send(channel, other)).toMatchObject({ outcome: 'refused', code: 'no_template' });
  });

  test.for<[string, number, string, string]>([
    ['isv.MOBILE_NUMBER_ILLEGAL', 200, 'refused', 'bad_number'],
    ['isv.BLACKLIST_PHONE_NUMBER', 200, 'refused', 'opted_out'],
    ['isv.BUSINESS_LIMIT_CONTROL', 200, 'later', 'rate_limited'],
    ['Throttling.User', 400, 'later', 'rate_limited'],
    ['isv.AMOUNT_NOT_ENOUGH', 200, 'later', 'account'],
    ['SignatureDoesNotMatch', 400, 'later', 'account'],
    ['isp.SYSTEM_ERROR', 200, 'later', 'server_error'],
    ['isv.SOMETHING_NEW', 200, 'refused', 'aliyun_isv.SOMETHING_NEW'],
  ])('%s (HTTP %i) means %s (%s)', async ([Code, status, outcome, code]) => {
    stub.answer(() => ({ status, json: { Code, Message: '13800001234' } }));
    const got = await send(open());
    expect(got).toMatchObject({ outcome, code });
    expect(JSON.stringify(got)).not.toContain('13800001234');
  });

  it('does not know after silence, a reset or an answer that is not the provider’s', async () => {
    const channel = open();
    for (const lost of ['hang', 'reset'] as const) {
      stub.answer(() => lost);
      expect(await send(channel)).toMatchObject({ outcome: 'unknown', code: 'no_answer' });
    }
    stub.answer(() => ({ status: 502, text: '<html>' }));
    expect(await send(channel)).toMatchObject({ outcome: 'unknown', code: 'bad_answer' });
  });

  it('follows no redirect', async () => {
    const other = await createStubServer();
    stub.answer(() => ({ status: 302, headers: { location: `${other.url}/` } }));
    expect((await send(open())).outcome).not.toBe('accepted');
    expect(other.exchanges).toHaveLength(0);
    await other.close();
  });
});

it('finds what was sent by our key, in the provider’s days, whatever else the number got', async () => {
  const now = Date.now();
  const at = new Date(now + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
  const entry = (OutId: string) => ({
    OutId,
    SendDate: at,
    PhoneNum: '13800001234',
    SendStatus: 3,
    Content: 'x',
  });
  stub.answer(({ url }) => ({
    json: {
      Code: 'OK',
      SmsSendDetailDTOs: {
        SmsSendDetailDTO:
          url.searchParams.get('SendDate') === at.slice(0, 10).replaceAll('-', '')
            ? [entry('other'), entry('0190-delivery')]
            : [],
      },
    },
  }));
  const found = await open().findSent?.(message, now - 60_000);
  expect(found?.map(({ providerId }) => providerId)).toEqual(['0190-delivery']);
  stub.answer(() => ({ json: { Code: 'isv.SYSTEM' } }));
  await expect(open().findSent?.(message, now)).rejects.toMatchObject({ name: 'ChannelUnavailable' });
});

describe('what the provider reports', () => {
  const receipts: unknown[] = [];
  const taken: unknown[] = [];
  const world: HookWorld = {
    publicUrl: 'https://power.example',
    clock: { now: () => 1_000, monotonic: () => 0 },
    telemetry: createMeter(),
    receipt: async (...given) => {
      receipts.push(given);
      return true;
    },
    received: async (given) => void taken.push(given),
  };
  const call = async (
    name: 'report' | 'up',
    token: string,
    body: unknown,
    callbackToken: string | null = TOKEN,
  ) => {
    receipts.length = 0;
    taken.length = 0;
    const hook = aliyunEntry.hooks.find(({ path }) => path.includes(`/${name}/`));
    const settings = settingsOf(callbackToken === null ? {} : { callbackToken });
    return await hook?.receive(settings, { query: '', signature: undefined, token, body }, world);
  };
  const report = {
    phone_number: '13800001234',
    send_time: '2026-01-01 00:00:00',
    report_time: '2026-01-01 00:00:05',
    success: true,
    err_code: 'DELIVERED',
    err_msg: '用户接收成功',
    sms_size: '1',
    biz_id: '9^0',
    out_id: '0190-delivery',
  };

  it('is taken for each of its entries, and answered as the provider wants it', async () => {
    const failed = { ...report, out_id: '0190-other', success: false, err_code: 'MK:0001' };
    expect(await call('report', TOKEN, [report, failed])).toEqual({
      status: 200,
      json: { code: 0, msg: '接收成功' },
    });
    expect(receipts).toEqual([
      ['0190-delivery', 'delivered', 1_000, undefined],
      ['0190-other', 'undelivered', 1_000, 'aliyun_MK:0001'],
    ]);
  });

  it('is refused with the wrong token, with none, and where none was set', async () => {
    for (const [token, set] of [
      ['wrong', TOKEN],
      ['', TOKEN],
      ['', null],
    ] as const) {
      expect(await call('report', token, [report], set)).toEqual({ status: 403 });
      expect(receipts).toEqual([]);
    }
  });

  it('and a message from a person comes in with their number in full', async () => {
    await call('up', TOKEN, [
      { phone_number: '13800001234', content: 'TD', send_time: 'x', sequence_id: 77 },
    ]);
    expect(taken).toEqual([{ from: '+8613800001234', body: 'TD', id: 'aliyun-77' }]);
  });
});
