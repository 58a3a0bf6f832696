import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReplyOutcome } from '../../api/dispatch/replies.ts';
import { createInbound } from '../../api/inbound/receive.ts';
import { type ApiWorld, type Hand, OWNER, openApiWorld, PHONE } from '../support/api-world.ts';
import { createMeter } from '../support/quiet.ts';
import { createStubServer, type StubServer } from '../support/stub-server.ts';

let world: ApiWorld;
let admin: Hand;
let manager: Hand;
let stub: StubServer;
beforeAll(async () => {
  world = await openApiWorld();
  admin = await world.hire('admin', 'all');
  manager = await world.hire('manager', ['s1']);
  stub = await createStubServer();
});
afterAll(async () => {
  await stub.close();
  await world.close();
});

type Ask = Parameters<ApiWorld['ask']>[0];
const ask = (
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  more: Partial<Ask> = {},
  by = manager,
) => world.ask({ method, url: `/api/v1${path}`, by, ...more });
const lastAudit = async (site = 's1') => (await world.stores.audit.list(site, { limit: 1 }))[0]?.action;

describe('channels', () => {
  const SECRET = 'a secret nobody may read';
  const put = (settings: object, version: number, by = admin) =>
    ask('PUT', '/channels/webhook', { payload: settings, headers: { 'if-match': `"${version}"` } }, by);

  it('are set up with what their schema says, from the version that was read, by an administrator', async () => {
    const settings = { url: `${stub.url}/in`, secret: SECRET };
    expect((await put({ ...settings, secret: 'short' }, 0)).json()).toMatchObject({
      code: 'channel_invalid',
      errors: [{ path: '/secret' }],
    });
    expect((await put(settings, 0, manager)).json()).toMatchObject({ code: 'forbidden' });
    expect((await put(settings, 0)).json()).toEqual({ version: 1 });
    expect((await put(settings, 0)).json()).toMatchObject({ code: 'version_conflict' });
    expect(await lastAudit('')).toBe('channel.put');
  });

  it('show no secret, keep it when the mask comes back, and store it sealed', async () => {
    const shown = await ask('GET', '/channels', {}, admin);
    expect(shown.body).not.toContain(SECRET);
    const [state] = shown.json().configured;
    expect(state).toMatchObject({ id: 'webhook', version: 1, settings: { secret: '•••' } });
    const kinds = shown.json().kinds.map(({ id }: { id: string }) => id);
    expect(kinds).toEqual(['aliyun', 'email', 'twilio-voice', 'twilio', 'webhook', 'wecom']);
    expect((await put({ ...state.settings, timeout_ms: 500 }, 1)).json()).toEqual({ version: 2 });
    const [stored] = await world.stores.channelSettings.list();
    expect(stored?.sealed).not.toContain(SECRET);
    stub.answer(() => ({ status: 204 }));
    const test = { payload: { language: 'en' } };
    expect((await ask('POST', '/channels/webhook/test', test, admin)).json()).toMatchObject({
      outcome: 'accepted',
    });
    expect(stub.exchanges.at(-1)?.headers['relight-signature']).toMatch(/^v1=[0-9a-f]{64}$/);
  });

  it('include the log, which takes what a simulated site sends and needs no setting up', async () => {
    const test = (dryRun: boolean) =>
      ask('POST', '/channels/log/test', { payload: { to: PHONE, language: 'en', dryRun } }, admin);
    expect((await test(true)).json()).toMatchObject({ outcome: 'not_sent', segments: 1, cost: null });
    expect((await test(false)).json()).toMatchObject({ outcome: 'accepted', segments: 1 });
  });

  it('are forgotten from the version that was read', async () => {
    const remove = (version: number) =>
      ask('DELETE', '/channels/webhook', { headers: { 'if-match': `"${version}"` } }, admin);
    expect((await remove(1)).json()).toMatchObject({ code: 'version_conflict' });
    expect((await remove(2)).statusCode).toBe(204);
    const test = { payload: { language: 'en', dryRun: true } };
    expect((await ask('POST', '/channels/webhook/test', test, admin)).json()).toMatchObject({
      code: 'unknown_channel',
    });
  });

  it('of one kind of message have one provider', async () => {
    const headers = { 'if-match': '"0"' };
    const account = {
      accountSid: `AC${'0'.repeat(32)}`,
      authToken: 't',
      from: '+15005550006',
      price: '0.05',
    };
    expect((await ask('PUT', '/channels/twilio', { payload: account, headers }, admin)).statusCode).toBe(200);
    const payload = {
      accessKeyId: 'LTAIexample',
      accessKeySecret: 'secret-of-it',
      signName: '金文',
      templates: {},
    };
    expect((await ask('PUT', '/channels/aliyun', { payload, headers }, admin)).json()).toMatchObject({
      code: 'channel_taken',
    });
  });
});

describe('the limits of mass sending', () => {
  it('are shown with what is spent of them', async () => {
    const caps = (await ask('GET', '/sites/s1/message-caps')).json();
    expect(caps).toMatchObject({
      version: 0,
      savedBy: null,
      owners: 1,
      held: 0,
      caps: [
        { name: 'segmentsPerHour', most: 20_000, spent: 0, chosen: false, setting: 'SEGMENTS_PER_HOUR' },
        { name: 'segmentsPerDay', most: 60_000, spent: 0, mostCost: { amount: '3000', currency: 'CNY' } },
        { name: 'segmentsPerIncident', most: 20_000, spent: 0 },
        { name: 'perOwnerPerDay', most: 50, spent: null, setting: null },
        { name: 'fleetShare_percent', most: 50 },
        { name: 'fleetIncidents', most: 10 },
      ],
    });
  });

  const chosen = {
    segmentsPerHour: 200,
    segmentsPerDay: 400,
    segmentsPerIncident: null,
    perOwnerPerDay: 10,
    fleetShare_percent: null,
    fleetIncidents: null,
  };
  const choose = (over: object, version: number, by = manager, query = '') =>
    ask(
      'PUT',
      `/sites/s1/message-caps${query}`,
      {
        payload: { chosen: { ...chosen, ...over }, reason: '春节前收紧' },
        headers: { 'if-match': `"${version}"` },
      },
      by,
    );
  const mostOf = (view: { caps: { name: string; most: number }[] }, name: string) =>
    view.caps.find((one) => one.name === name)?.most;

  it('are refused with the place and the bound, before anything is changed', async () => {
    expect((await choose({ segmentsPerIncident: 401 }, 0)).json()).toMatchObject({
      code: 'caps_invalid',
      errors: [{ path: '/body/chosen/segmentsPerIncident', code: 'above_day' }],
    });
    // The incident's limit of the installation lies above the day that was chosen here.
    expect((await choose({}, 0)).json()).toMatchObject({ code: 'caps_invalid' });
    for (const wrong of [
      { segmentsPerHour: 0 },
      { perOwnerPerDay: 2 },
      { fleetShare_percent: 101 },
      { x: 1 },
    ])
      expect(
        (await choose({ segmentsPerIncident: 300, ...wrong }, 0)).json(),
        JSON.stringify(wrong),
      ).toMatchObject({
        code: 'invalid_request',
      });
    const headers = { 'if-match': '"0"' };
    const payload = { chosen: { ...chosen, segmentsPerIncident: 300 }, reason: ' ' };
    expect((await ask('PUT', '/sites/s1/message-caps', { payload, headers })).json()).toMatchObject({
      code: 'invalid_request',
    });
    expect(await world.stores.messageCaps.get('s1')).toBeNull();
  });

  it('are shown as they would be, then chosen from the version that was read, on the record, by a manager', async () => {
    const within = { segmentsPerIncident: 300 };
    const trial = (await choose(within, 0, manager, '?dryRun=true')).json();
    expect(trial).toMatchObject({ applied: false, after: { version: 0 } });
    expect(mostOf(trial.after, 'segmentsPerHour')).toBe(200);
    expect(await world.stores.messageCaps.get('s1')).toBeNull();
    const finance = await world.hire('finance', ['s1']);
    expect((await choose(within, 0, finance)).json()).toMatchObject({ code: 'forbidden' });
    const done = (await choose(within, 0)).json();
    expect(done).toMatchObject({
      applied: true,
      after: { version: 1, savedBy: manager.user.name, reason: '春节前收紧' },
    });
    expect(await lastAudit()).toBe('message-caps.put');
    expect((await choose(within, 0)).json()).toMatchObject({ code: 'version_conflict' });
    const other = (await ask('GET', '/sites/s2/message-caps', {}, admin)).json();
    expect(mostOf(other, 'segmentsPerHour')).toBe(20_000);
  });

  it('go back to those of the installation, one by one or all', async () => {
    const back = { segmentsPerHour: null, segmentsPerDay: null, perOwnerPerDay: null };
    const { after } = (await choose(back, 1)).json();
    expect(after).toMatchObject({ version: 2 });
    expect(mostOf(after, 'segmentsPerDay')).toBe(60_000);
    expect(after.caps.every((one: { chosen: boolean }) => !one.chosen)).toBe(true);
  });
});

describe('every text', () => {
  it('is there in both languages with its length and segments', async () => {
    const { items } = (await ask('GET', '/sites/s1/notice-templates')).json();
    const lost = items.filter(
      (one: { stage: string; audience: string }) => one.stage === 'lost' && one.audience === 'owner',
    );
    expect(lost).toHaveLength(2);
    for (const { text } of items) {
      expect(text.segments).toBeGreaterThanOrEqual(1);
      expect(text.body).not.toMatch(/undefined|null|NaN/);
    }
    expect(lost[0].template).toMatchObject({ name: 'lost.owner.zh-CN', parameters: { where: '1、2' } });
  });
});

describe('a message by hand', () => {
  const text = { zh: '今晚检修水泵', en: 'The pump is repaired tonight' };
  const preview = (target: object) =>
    ask('POST', '/sites/s1/messages/preview', { payload: { target, ...text } });
  const send = (target: object, recipients: number, key: string) =>
    ask('POST', '/sites/s1/messages', {
      payload: { target, ...text, recipients },
      headers: { 'idempotency-key': key },
    });

  it('is shown with recipients, length and cost before it leaves', async () => {
    const shown = (await preview({ building: '7' })).json();
    expect(shown).toMatchObject({ recipients: 1, optedOut: 0, segments: 1, simulated: true });
    expect(shown['zh-CN'].body).toContain(text.zh);
    expect(shown.cost).toEqual({ amount: '0.05', currency: 'CNY' });
    expect((await preview({ building: 'nowhere' })).json()).toMatchObject({ recipients: 0, segments: 0 });
    expect((await preview({ incident: 'none' })).json()).toMatchObject({ code: 'unknown_incident' });
  });

  it('goes once, to as many as the preview said', async () => {
    expect((await send({ building: '7' }, 2, 'key-00001')).json()).toMatchObject({ code: 'preview_stale' });
    expect((await send({ building: 'nowhere' }, 1, 'key-00002')).json()).toMatchObject({
      code: 'no_recipients',
    });
    const first = await send({ building: '7' }, 1, 'key-00003');
    expect(first.statusCode).toBe(202);
    expect((await send({ building: '7' }, 1, 'key-00003')).json()).toEqual(first.json());
    expect(await lastAudit()).toBe('message.send');
    const owed = await world.stores.outbox.list({ site: 's1', subject: first.json().id, limit: 10 });
    expect(owed.map(({ stage }) => stage)).toEqual(['message']);
    const { items } = (await ask('GET', '/sites/s1/messages')).json();
    expect(items).toMatchObject([{ recipients: 1, progress: { owed: 1 } }]);
  });
});

it('a message whose end is known needs nobody’s word any more', async () => {
  const payload = { decision: 'drop' };
  expect((await ask('POST', '/sites/s1/deliveries/none/decide', { payload })).json()).toMatchObject({
    code: 'delivery_settled',
  });
});

describe('what is held back', () => {
  it('is shown with count and cost, and let go as one', async () => {
    const notice = {
      incident: 'i9',
      stage: 'lost',
      revision: 1,
      audience: 'owner',
      recipient: PHONE,
      premises: ['1'],
      at: Date.now(),
    } as const;
    await world.stores.outbox.owe('s1', [notice], notice.at);
    for (const { delivery } of await world.stores.outbox.claim('h', Date.now() + 5_000, 100)) {
      await world.stores.outbox.record(delivery.id, {
        state: 'blocked',
        at: Date.now(),
        error: 'day_cap',
        segments: 3,
      });
    }
    const { items } = (await ask('GET', '/sites/s1/held')).json();
    const group = items.find(({ subject }: { subject: string }) => subject === 'i9');
    expect(group).toMatchObject({ count: 1, segments: 3, cost: { amount: '0.15', currency: 'CNY' } });
    const { subject, stage, channel, reason } = group;
    const payload = { subject, stage, channel, reason, decision: 'release' };
    expect((await ask('POST', '/sites/s1/held', { payload })).json()).toEqual({ count: 1 });
    expect(await lastAudit()).toBe('held.release');
  });
});

describe('what people write', () => {
  const outcome: { value: ReplyOutcome } = { value: 'wrong_code' };
  let n = 0;
  const receive = async (body: string, from = PHONE): Promise<void> => {
    n += 1;
    await inbound({ from, body, id: `SM${n}` });
  };
  let inbound: ReturnType<typeof createInbound>;
  beforeAll(() => {
    const clock = { now: () => Date.now(), monotonic: () => 0 };
    inbound = createInbound({
      stores: world.stores,
      clock,
      telemetry: createMeter(),
      reply: async () => outcome.value,
    });
  });
  const person = async () =>
    (await ask('GET', `/sites/s1/people?phone=${encodeURIComponent(PHONE)}`)).json().items[0];
  const inbox = async () => (await ask('GET', '/sites/s1/inbox')).json().items;

  it('takes them off the list and puts them back, with evidence, at every site', async () => {
    for (const word of ['TD', ' ｔｄ ', '退订。', 'Stop!']) {
      await receive(word);
      expect((await person()).optedOut, word).toBe(true);
      await receive('恢复');
      expect((await person()).optedOut).toBe(false);
    }
    await receive('TD');
    await receive('TD');
    const { id } = await person();
    expect(await world.stores.people.optOuts('s1', id)).toHaveLength(9);
    expect(
      await world.stores.people.optOuts(
        's2',
        (await world.stores.people.list('s2', { limit: 1 }))[0]?.id ?? '',
      ),
    ).not.toHaveLength(0);
    await receive('START');
    expect(await inbox()).toEqual([]);
  });

  it('is kept for a person to read, masked in the list, opened on the record', async () => {
    await receive('什么时候来电？');
    await receive('1234');
    outcome.value = 'done';
    await receive('4821');
    const items = await inbox();
    expect(items.map(({ characters }: { characters: number }) => characters)).toEqual([4, 7]);
    expect(items[0]).toMatchObject({ phone: '+86138****5678', name: '王**', state: 'new' });
    expect(JSON.stringify(items)).not.toMatch(new RegExp(`来电|${OWNER}|${PHONE.slice(-8)}`));
    const opened = await ask('GET', `/sites/s1/inbox/${items[1].id}`);
    expect(opened.json()).toMatchObject({ body: '什么时候来电？' });
    expect(await lastAudit()).toBe('inbox.open');
    expect((await ask('GET', `/sites/s2/inbox/${items[1].id}`, {}, admin)).json()).toMatchObject({
      code: 'unknown_message',
    });
  });

  it('is answered once, with length and cost shown before', async () => {
    const [, message] = await inbox();
    const answer = (text: string, query = '') =>
      ask('POST', `/sites/s1/inbox/${message.id}/answer${query}`, { payload: { text } });
    expect((await answer('半小时内', '?dryRun=true')).json()).toMatchObject({
      sent: false,
      text: { segments: 1 },
    });
    expect((await answer('半小时内')).json()).toMatchObject({ sent: true });
    expect((await answer('半小时内')).json()).toMatchObject({ sent: true });
    expect((await answer('明天')).json()).toMatchObject({ code: 'message_handled' });
    expect(await inbox()).toMatchObject([{ state: 'new' }, { state: 'answered' }]);
    expect((await ask('POST', `/sites/s1/inbox/${message.id}/close`)).json()).toMatchObject({
      code: 'message_handled',
    });
  });

  it('of strangers is for those who see all sites, and of a flood the most is left out', async () => {
    for (let i = 0; i < 30; i += 1) await receive(`hello ${i}`, '+8617712345678');
    expect((await ask('GET', '/inbox')).json()).toMatchObject({ code: 'beyond_your_scope' });
    const { items } = (await ask('GET', '/inbox', {}, admin)).json();
    expect(items).toHaveLength(20);
    expect(items[0]).toMatchObject({ person: null, phone: '+86177****5678' });
  });
});
