import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createReplies } from '../../api/dispatch/replies.ts';
import { linkToken } from '../../core/dispatch/link-token.ts';
import { openDispatch } from '../../core/dispatch/open.ts';
import { DISPATCH_DEFAULTS } from '../../core/dispatch/settings.ts';
import { type ApiWorld, createScribe, type Hand, incidentAt, openApiWorld } from '../support/api-world.ts';
import { engineerPhone, hireEngineers, plainRoster } from '../support/dispatch-world.ts';

const MINUTE = 60_000;
let world: ApiWorld;
let manager: Hand;
let engineer: Hand;
let write: ReturnType<typeof createScribe>;
let n = 0;
let incident = '';

beforeAll(async () => {
  world = await openApiWorld();
  manager = await world.hire('manager', ['s1']);
  engineer = await world.hire('engineer', ['s1']);
  write = createScribe(world);
  await hireEngineers(world.stores, 's1');
  const e1 = { id: 'e1', name: '工程师e1', phone: engineerPhone('e1'), language: 'zh-CN' } as const;
  await world.stores.staff.put('s1', { ...e1, skills: ['hv'], account: engineer.user.id, active: true });
});
afterAll(() => world.close());

/** An incident with its dispatch, nobody asked. */
beforeEach(async () => {
  n += 1;
  incident = `x${n}`;
  const about = incidentAt(incident, world.now.at);
  await write({ incidents: [about] });
  const rules = DISPATCH_DEFAULTS.rules.ordinary;
  const given = {
    id: `d${n}`,
    site: 's1',
    severity: 'ordinary',
    rules,
    concernsOwners: true,
    at: world.now.at,
  } as const;
  await world.stores.dispatches.open({ dispatch: openDispatch(about, given), notices: [], at: world.now.at });
});

const get = async (path: string, by: Hand = manager) => world.ask({ url: `/api/v1/sites/s1${path}`, by });
const post = (action: string, payload: object, by: Hand = manager) =>
  world.ask({
    method: 'POST',
    url: `/api/v1/sites/s1/incidents/${incident}/dispatch/${action}`,
    payload,
    by,
  });
const codeOf = async () => (await stored()).offers.at(-1)?.code ?? '';
const stored = async () => {
  const found = await world.stores.dispatches.ofIncident('s1', incident);
  if (found === null) throw new Error('no dispatch');
  return found.dispatch;
};

describe('a dispatch', () => {
  it('stands on the page of its incident with its clocks', async () => {
    world.now.at += 13 * MINUTE;
    const { dispatch } = (await get(`/incidents/${incident}`)).json();
    expect(dispatch).toMatchObject({ state: 'offered', engineer: null, moves: ['accept', 'decline'] });
    expect((await get('/incidents/none/dispatch')).json()).toMatchObject({ code: 'unknown_dispatch' });
    expect(dispatch.clocks[0]).toMatchObject({
      clock: 'dispatch',
      limit_s: 900,
      elapsed_s: 780,
      status: 'running',
    });
  });

  it('is offered, accepted and worked off, each with who and when', async () => {
    expect((await post('offer', { engineer: 'e1', note: '带万用表' })).statusCode).toBe(200);
    expect((await post('advance', { move: 'accept' }, engineer)).json()).toMatchObject({
      state: 'accepted',
      engineer: { id: 'e1', name: '工程师e1' },
    });
    for (const move of ['travel', 'arrive', 'work', 'restore', 'visit']) {
      expect((await post('advance', { move, note: move }, engineer)).statusCode, move).toBe(200);
    }
    const done = (await get(`/incidents/${incident}/dispatch`)).json();
    expect(done.state).toBe('return_visit_done');
    expect(done.history.at(-1)).toMatchObject({
      by: engineer.user.id,
      event: 'return_visit_done',
      note: 'visit',
    });
    expect((await post('advance', { move: 'visit' })).json()).toMatchObject({
      code: 'dispatch_refused',
      errors: [{ code: 'over' }],
    });
  });

  it('owes the engineer one message when offered, with a code nobody else is shown', async () => {
    const shown = await post('offer', { engineer: 'e2' });
    const all = await world.stores.outbox.list({ site: 's1', subject: incident, limit: 10 });
    expect(all.map(({ stage, recipient, audience }) => [stage, recipient, audience])).toEqual([
      ['offer', 'e2', 'staff'],
    ]);
    expect(JSON.stringify(shown.json())).not.toContain('"code"');
  });

  it('is for an engineer to answer for themselves only', async () => {
    await post('offer', { engineer: 'e2' });
    for (const body of [{ move: 'accept', engineer: 'e2' }, { move: 'accept' }, { move: 'arrive' }]) {
      const answer = (await post('advance', body, engineer)).json();
      expect(answer.code === 'not_your_dispatch' || answer.code === 'dispatch_refused', answer.code).toBe(
        true,
      );
    }
    const stranger = await world.hire('engineer', ['s1']);
    expect((await post('advance', { move: 'accept', engineer: 'e2' }, stranger)).json()).toMatchObject({
      code: 'not_your_dispatch',
    });
    expect((await post('advance', { move: 'accept', engineer: 'e2' })).json()).toMatchObject({
      state: 'accepted',
    });
    expect((await post('advance', { move: 'arrive' }, engineer)).json()).toMatchObject({
      code: 'not_your_dispatch',
    });
  });

  it('rests for a reason, and says so', async () => {
    expect((await post('pause', { reason: '等待供电局' })).json().clocks[0]).toMatchObject({
      status: 'paused',
      dueAt: null,
      pauses: [{ reason: '等待供电局', by: manager.user.id, to: null }],
    });
    expect((await post('pause', { reason: 'x' })).json()).toMatchObject({ errors: [{ code: 'already' }] });
    expect((await post('pause', { reason: 'x' }, engineer)).json()).toMatchObject({ code: 'forbidden' });
    expect((await post('resume', { reason: '恢复' })).json().clocks[0]).toMatchObject({ status: 'running' });
  });

  it('takes photos, and an entry names one of this incident only', async () => {
    await post('offer', { engineer: 'e1' });
    const base64 =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const { photo } = (await post('photos', { type: 'image/png', base64 }, engineer)).json();
    for (const wrong of [
      { type: 'image/png', base64: 'aGVsbG8=' },
      { type: 'image/jpeg', base64 },
    ])
      expect((await post('photos', wrong, engineer)).json()).toMatchObject({ code: 'photo_invalid' });
    const accept = await post('advance', { move: 'accept', photo }, engineer);
    expect(accept.json().history.at(-1)).toMatchObject({ photo });
    expect((await get(`/incidents/${incident}/dispatch/photos/${photo}`)).json()).toMatchObject({
      base64,
    });
    expect((await get(`/incidents/x1/dispatch/photos/${photo}`)).json()).toMatchObject({
      code: 'unknown_photo',
    });
    expect((await post('advance', { move: 'travel', photo: 'nope' }, engineer)).json()).toMatchObject({
      code: 'unknown_photo',
    });
    for (let n = 1; n < 40; n += 1) await post('photos', { type: 'image/png', base64 }, engineer);
    expect((await post('photos', { type: 'image/png', base64 }, engineer)).json()).toMatchObject({
      code: 'photos_full',
    });
  });

  it('suggests whom to send, with the reasons', async () => {
    const { items } = (await get(`/incidents/${incident}/dispatch/suggestions`)).json();
    expect(items.map((one: { engineer: string }) => one.engineer).sort()).toEqual(['e1', 'e2', 'e3']);
    expect(items[0]).toMatchObject({
      onCall: expect.any(Number),
      load: expect.any(Number),
      missingSkills: [],
    });
  });

  it('is on a list, page by page, none twice', async () => {
    const first = (await get('/dispatches?limit=2')).json();
    const second = (await get(`/dispatches?limit=2&cursor=${first.next}`)).json();
    const ids = [...first.items, ...second.items].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(
      (await get('/dispatches?active=false')).json().items.map((d: { state: string }) => d.state),
    ).toContain('return_visit_done');
  });
});

describe('the link in the message', () => {
  const urlOf = async (over: { n?: number } = {}) =>
    `/api/v1/d/${linkToken({ dispatch: (await stored()).id, n: over.n ?? 1 }, world.deps.signer)}`;
  const say = async (url: string, move: string) => world.ask({ method: 'POST', url, payload: { move } });

  it('shows where to go and what can be said; opening it changes nothing', async () => {
    await post('offer', { engineer: 'e1' });
    const before = await stored();
    const shown = await world.ask({ url: await urlOf() });
    expect(shown.json()).toMatchObject({
      place: 'R1',
      units: 1,
      state: 'offered',
      moves: ['accept', 'decline'],
    });
    expect(shown.body).not.toMatch(/工程师|139/);
    expect(await stored()).toEqual(before);
  });

  it('accepts once and arrives once, with a line in the audit', async () => {
    await post('offer', { engineer: 'e1' });
    const url = await urlOf();
    expect((await say(url, 'accept')).json()).toMatchObject({ state: 'accepted', moves: ['arrive'] });
    expect((await say(url, 'accept')).json()).toMatchObject({ code: 'dispatch_refused' });
    expect((await say(url, 'arrive')).json()).toMatchObject({ state: 'on_site', moves: [] });
    expect((await say(url, 'arrive')).json()).toMatchObject({ code: 'dispatch_refused' });
    const audit = await world.stores.audit.list('s1', { limit: 2 });
    expect(audit.map(({ by, action }) => `${by} ${action}`)).toEqual([
      'e1 dispatch.arrive',
      'e1 dispatch.accept',
    ]);
  });

  it('takes the same request again as the same, with when it was said while there was no network', async () => {
    await post('offer', { engineer: 'e1' });
    const url = await urlOf();
    const again = (move: string, key: string, saidAt?: number) =>
      world.ask({
        method: 'POST',
        url,
        payload: { move, ...(saidAt === undefined ? {} : { saidAt: new Date(saidAt).toISOString() }) },
        headers: { 'idempotency-key': key },
      });
    const entries = async () => (await stored()).history.length;
    const asked = world.now.at;
    world.now.at += 10 * MINUTE;
    const first = await again('accept', 'key-00001', asked + 2 * MINUTE);
    expect(first.json()).toMatchObject({ state: 'accepted' });
    const length = await entries();
    expect((await again('accept', 'key-00001', asked + 2 * MINUTE)).json()).toEqual(first.json());
    expect(await entries()).toBe(length);
    expect((await again('accept', 'key-00002')).json()).toMatchObject({ code: 'dispatch_refused' });
    const twice = await Promise.all([again('arrive', 'key-00003'), again('arrive', 'key-00003')]);
    expect(twice.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(await entries()).toBe(length + 1);
    const { history } = await stored();
    expect(history.at(-2)).toMatchObject({ event: 'accepted', at: world.now.at, saidAt: asked + 2 * MINUTE });
    expect(history.at(-1)?.saidAt).toBeUndefined();
    const { dispatch } = { dispatch: (await get('/incidents/i1/dispatch')).json() };
    expect(JSON.stringify(dispatch)).not.toContain('key-0000');
  });

  it('does not believe a telephone whose clock is wrong', async () => {
    await post('offer', { engineer: 'e1' });
    const saidAt = new Date(world.now.at + 60 * MINUTE).toISOString();
    const payload = { move: 'accept', saidAt };
    expect((await world.ask({ method: 'POST', url: await urlOf(), payload })).statusCode).toBe(200);
    expect((await stored()).history.at(-1)?.saidAt).toBeUndefined();
  });

  it('opens nothing once another goes, after a no, or a day later', async () => {
    await post('offer', { engineer: 'e1' });
    const url = await urlOf();
    await post('offer', { engineer: 'e2' });
    expect((await say(url, 'accept')).json()).toMatchObject({ code: 'dispatch_refused' });
    const second = await urlOf({ n: 2 });
    await say(second, 'decline');
    expect((await say(second, 'accept')).json()).toMatchObject({ code: 'dispatch_refused' });
    world.now.at += 24 * 60 * MINUTE;
    expect((await world.ask({ url: second })).json()).toMatchObject({ code: 'link_used' });
    world.now.at -= 24 * 60 * MINUTE;
  });

  it('that nobody signed is refused and counted', async () => {
    const forged = (await urlOf()).replace(/.{22}$/, 'A'.repeat(22));
    expect((await world.ask({ url: forged })).json()).toMatchObject({ code: 'link_used' });
    expect(world.telemetry.counts.get('relight_links_refused_total{reason="forged"}')).toBeGreaterThan(0);
  });
});

describe('an answer by SMS', () => {
  const reply = (from: string, text: string) => createReplies({ ...world.deps })(from, text);

  it('accepts and arrives with the code, from the telephone asked only', async () => {
    await post('offer', { engineer: 'e1' });
    const code = await codeOf();
    expect(await reply(engineerPhone('e2'), code)).toBe('wrong_code');
    expect(await reply(engineerPhone('e1'), `${code} 2`)).toBe('refused');
    expect(await reply(engineerPhone('e1'), code)).toBe('done');
    expect(await reply(engineerPhone('e1'), `${code} 到场`)).toBe('done');
    expect((await stored()).state).toBe('on_site');
    expect(await reply(engineerPhone('e1'), '谢谢')).toBe('no_reply');
  });

  it('is not guessed: after ten wrong codes the telephone is not listened to', async () => {
    await post('offer', { engineer: 'e1' });
    const code = await codeOf();
    const listen = createReplies({ ...world.deps });
    const wrong = code === '0000' ? '1111' : '0000';
    for (let i = 0; i < 10; i += 1) expect(await listen(engineerPhone('e1'), wrong)).toBe('wrong_code');
    expect(await listen(engineerPhone('e1'), code)).toBe('barred');
  });
});

describe('roster and settings', () => {
  const put = (path: string, payload: object, headers: Record<string, string> = {}) =>
    world.ask({ method: 'PUT', url: `/api/v1/sites/s1${path}`, payload, headers, by: manager });

  it('says who is on call, then and now', async () => {
    const answer = (await get('/roster/on-call?at=2026-03-01T00:00:00Z')).json();
    expect(answer).toMatchObject({
      shift: { id: 'all', date: '2026-03-01', from: '2026-02-28T16:00:00.000Z' },
      order: [{ id: 'e1' }, { id: 'e2' }, { id: 'e3' }],
    });
  });

  it('refuses a roster with faults, naming each, and an edit of an old version', async () => {
    const broken = await put('/roster', { ...plainRoster(['e1', 'ghost']), cycle: [['A', 'B']] });
    expect(broken.json()).toMatchObject({
      code: 'roster_invalid',
      errors: [{ path: '/crews/0/members' }, { path: '/cycle/0' }, { path: '/cycle/0' }],
    });
    const { version } = (await get('/roster')).json();
    expect((await put('/roster', plainRoster(['e1']), { 'if-match': '"0"' })).json()).toMatchObject({
      code: 'version_conflict',
    });
    const saved = await put('/roster', plainRoster(['e1', 'e2', 'e3']), { 'if-match': `"${version}"` });
    expect(saved.json()).toMatchObject({ version: version + 1 });
  });

  it('keeps a telephone that is not sent again, masks it, and lets no two have the same', async () => {
    const member = { name: '新人', language: 'zh-CN', skills: [], account: null, active: true };
    expect((await put('/staff/e9', member)).json()).toMatchObject({ errors: [{ path: '/body/phone' }] });
    expect((await put('/staff/e9', { ...member, phone: '+8613911112222' })).json().phone).toBe(
      '+86139****2222',
    );
    expect((await put('/staff/e9', { ...member, name: '老人' })).json()).toMatchObject({
      phone: '+86139****2222',
    });
    expect((await put('/staff/e8', { ...member, phone: '+8613911112222' })).json()).toMatchObject({
      code: 'phone_taken',
    });
  });

  it('gives the desk a telephone, and refuses nodes and people nobody knows', async () => {
    const settings = { ...DISPATCH_DEFAULTS, deskPhone: '+8657188880000', urgentNodes: ['u-1'] };
    expect((await put('/dispatch-settings', settings)).json()).toMatchObject({ urgentNodes: ['u-1'] });
    expect(await world.stores.outbox.recipients('s1', ['staff'])).toMatchObject([
      { phone: '+8657188880000' },
    ]);
    expect((await put('/dispatch-settings', { ...settings, urgentNodes: ['x'] })).json()).toMatchObject({
      code: 'unknown_node',
    });
    const { urgent } = settings.rules;
    const chain = [{ to: 'person:nobody', after_min: 0 }];
    const rules = { ...settings.rules, urgent: { ...urgent, chain } };
    expect((await put('/dispatch-settings', { ...settings, rules })).json()).toMatchObject({
      code: 'unknown_staff',
    });
  });
});
