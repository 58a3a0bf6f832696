import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '../../core/incidents/incident.ts';
import type { Interruption } from '../../core/interruptions/interruption.ts';
import { ownerToken } from '../../core/notices/owner-link.ts';
import { type ApiWorld, createScribe, type Hand, incidentAt, openApiWorld } from '../support/api-world.ts';

const DAY = 86_400_000;
const at = Date.parse('2026-01-01T00:00:00Z');

let world: ApiWorld;
let scribe: ReturnType<typeof createScribe>;
let manager: Hand;
let engineer: Hand;
let person: string;

const tokenAt = (when = world.now.at, site = 's1') => ownerToken({ site, person }, world.deps.signer, when);
const urlOf = (rest = '', token = tokenAt()) => `/api/v1/o/${token}${rest}`;
const open = async (token?: string) => (await world.ask({ url: urlOf('', token) })).json();
const say = (rest: string, payload: object, token?: string) =>
  world.ask({ method: 'POST', url: urlOf(rest, token), payload });

function interrupted(incident: string, from: number, to: number): Interruption {
  return {
    id: `x-${incident}`,
    node: 'u-1',
    premises: '1',
    phases: 'ABC',
    from,
    to,
    momentary: false,
    operations: 1,
    planned: null,
    causes: [{ incident, from, to }],
  };
}

async function restored(id: string, over: Partial<Incident> = {}): Promise<void> {
  const from = world.now.at - 7_200_000;
  const to = world.now.at - 60_000;
  const incident = incidentAt(id, from + 5_000, {
    state: 'restored',
    restoredAt: to,
    closedAt: to,
    affected: [{ node: 'u-1', phases: 'ABC', from, to, basis: 'confirmed' }],
    ...over,
  });
  const line = { type: 'closed' as const, at: to, reason: 'test', body: interrupted(id, from, to) };
  await scribe({ incidents: [incident], ledger: [line] });
}

beforeAll(async () => {
  world = await openApiWorld();
  scribe = createScribe(world);
  manager = await world.hire('manager', 'all');
  engineer = await world.hire('engineer', 'all');
  person = (await world.stores.people.list('s1', { limit: 10 }))[0]?.id ?? '';
});
afterAll(() => world.close());

describe('the page of an owner', () => {
  it('shows their premises at rest, and nobody else’s', async () => {
    expect(await open()).toMatchObject({
      site: { name: '小区 s1', simulated: true },
      premises: [{ premises: '1', building: '7', state: 'on', reported: false }],
      current: [],
      history: [],
    });
  });

  it('shows reason, expected end, who is on the way and the money while it lasts', async () => {
    const eta = world.now.at + 3_600_000;
    await scribe({ incidents: [incidentAt('i1', world.now.at, { cause: 'cable', eta })] });
    await world.stores.estimates.put([
      {
        site: 's1',
        incident: 'i1',
        premises: '1',
        scheme: 'x',
        state: 'running',
        minutes: 95,
        amount_minor: 1250,
        currency: 'CNY',
        trace: [],
        refused: null,
        at: world.now.at,
      },
    ]);
    world.now.mono += 1_000;
    const page = await open();
    expect(page.premises).toMatchObject([{ state: 'off' }]);
    expect(page.current).toMatchObject([
      {
        incident: 'i1',
        cause: 'cable',
        eta: new Date(eta).toISOString(),
        progress: 'reported',
        money: { amount: '12.50', currency: 'CNY', state: 'running', minutes: 95 },
      },
    ]);
  });

  it('calls an amount unverified where no device of the premises spoke', async () => {
    const affected = [{ node: 'u-1', phases: 'ABC', from: at, to: null, basis: 'inferred' }] as const;
    await scribe({ incidents: [incidentAt('i1', world.now.at, { affected })] });
    world.now.mono += 1_000;
    expect((await open()).current).toMatchObject([{ money: { state: 'unverified' } }]);
  });

  it('answers 304 to a phone that has it, and may be kept by the phone alone', async () => {
    const first = await world.ask({ url: urlOf() });
    expect(first.headers['cache-control']).toBe('private, no-cache');
    const again = await world.ask({ url: urlOf(), headers: { 'if-none-match': String(first.headers.etag) } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it('names nobody and carries no telephone of anybody', async () => {
    const text = JSON.stringify(await open());
    expect(text).not.toMatch(/王建国|138|\+86/);
  });

  it('opens by the link of its own person, day and site, and by no other; the others are counted', async () => {
    const good = tokenAt();
    const forged = `${good.slice(0, 12)}${good[12] === 'A' ? 'B' : 'A'}${good.slice(13)}`;
    for (const bad of [
      forged,
      `00000000${good.slice(8)}`,
      `${good.slice(0, 8)}zzzz${good.slice(12)}`,
      ownerToken({ site: 's2', person }, world.deps.signer, world.now.at),
      ownerToken({ site: 's1', person: `${person.slice(0, 8)}-else` }, world.deps.signer, world.now.at),
    ]) {
      expect((await world.ask({ url: urlOf('', bad) })).json(), bad).toMatchObject({
        code: 'owner_link_invalid',
      });
    }
    expect(world.telemetry.counts.get('relight_owner_links_refused_total{reason="forged"}')).toBe(5);
    expect((await world.ask({ url: urlOf('', tokenAt(world.now.at - 91 * DAY)) })).json()).toMatchObject({
      code: 'owner_link_invalid',
    });
    expect(world.telemetry.counts.get('relight_owner_links_refused_total{reason="over"}')).toBe(1);
  });

  it('refuses whoever guesses on, while a good link behind the same address still opens', async () => {
    const guess = `${tokenAt().slice(0, 12)}${'x'.repeat(22)}`;
    const answers = [];
    for (let i = 0; i < 40; i += 1) {
      const token = guess.slice(0, -2) + String(i).padStart(2, '0');
      answers.push((await world.ask({ url: urlOf('', token) })).statusCode);
    }
    expect(answers.at(-1)).toBe(429);
    expect((await world.ask({ url: urlOf() })).statusCode).toBe(200);
  });
});

describe('what an owner says', () => {
  it('is a rating of an outage of theirs, once; said again it replaces', async () => {
    await restored('i1');
    world.now.mono += 2_000;
    expect((await say('/rating', { incident: 'i1', rating: 4 })).json().history).toMatchObject([
      { incident: 'i1', minutes: 119, rating: { rating: 4, comment: null } },
    ]);
    await say('/rating', { incident: 'i1', rating: 2, comment: ' 太慢 ' });
    const kept = await world.ask({ url: '/api/v1/sites/s1/incidents/i1/feedback', by: manager });
    expect(kept.json()).toMatchObject({ ratings: 1, average: 2, items: [{ rating: 2, comment: '太慢' }] });
    const list = await world.ask({ url: '/api/v1/sites/s1/feedback', by: manager });
    expect(list.json()).toMatchObject({
      items: [{ incident: 'i1', ratings: 1, average: 2, comments: 1 }],
      next: null,
    });
  });

  it('is refused and counted where it is none of theirs', async () => {
    expect((await say('/rating', { incident: 'i9', rating: 4 })).json()).toMatchObject({
      code: 'not_your_premises',
    });
    expect((await say('/still-dark', { premises: '2' })).json()).toMatchObject({ code: 'not_your_premises' });
    expect(world.telemetry.counts.get('relight_owner_links_refused_total{reason="premises"}')).toBe(1);
  });

  it('is no rating while the outage lasts, nor a report of what is known', async () => {
    await scribe({ incidents: [incidentAt('i5', world.now.at)] });
    world.now.mono += 2_000;
    expect((await say('/still-dark', { premises: '1' })).json()).toMatchObject({ code: 'already_known' });
    await scribe({
      incidents: [incidentAt('i5', world.now.at, { state: 'retracted', closedAt: world.now.at })],
    });
    const from = world.now.at - 40 * DAY;
    const long = { restoredAt: from + 600_000, closedAt: from + 600_000, state: 'restored' } as const;
    const body = interrupted('i6', from, from + 600_000);
    const line = { type: 'closed' as const, at: from, reason: 'test', body };
    await scribe({ incidents: [incidentAt('i6', from, long)], ledger: [line] });
    world.now.mono += 2_000;
    expect((await say('/rating', { incident: 'i6', rating: 5 })).json()).toMatchObject({
      code: 'not_rateable',
    });
  });

  it.each([0, 6, 2.5])('is no rating of %s', async (rating) => {
    expect((await say('/rating', { incident: 'i1', rating })).statusCode).toBe(400);
  });

  it('that it is still dark becomes work and one message for the desk, and moves no incident', async () => {
    const before = await world.stores.incidents.get('s1', 'i1');
    expect((await say('/still-dark', { premises: '1', note: '冰箱不转' })).json().premises).toMatchObject([
      { state: 'on', reported: true },
    ]);
    await say('/still-dark', { premises: '1' });
    const reports = await world.ask({ url: '/api/v1/sites/s1/reports?open=true', by: engineer });
    expect(reports.json().items).toMatchObject([
      { incident: 'i1', premises: '1', note: '冰箱不转', handled: null },
    ]);
    const owed = await world.stores.outbox.list({ site: 's1', limit: 10 });
    expect(owed.map(({ stage, audience }) => `${audience} ${stage}`)).toEqual(['staff still_dark']);
    expect(await world.stores.incidents.get('s1', 'i1')).toEqual(before);
    const { id } = reports.json().items[0];
    const handle = { method: 'POST', url: `/api/v1/sites/s1/reports/${id}/handle`, by: engineer } as const;
    const done = await world.ask({ ...handle, payload: { outcome: '入户空开跳闸，已合闸' } });
    expect(done.json()).toMatchObject({ handled: { outcome: '入户空开跳闸，已合闸' } });
    const nowhere = { ...handle, url: '/api/v1/sites/s1/reports/none/handle', payload: { outcome: 'x' } };
    expect((await world.ask(nowhere)).json()).toMatchObject({ code: 'unknown_report' });
    expect((await world.ask({ ...handle, payload: { outcome: 'x' } })).json()).toMatchObject({
      code: 'report_handled',
    });
  });

  it('leaves a line in the audit without words of anybody', async () => {
    const audit = await world.stores.audit.list('s1', { limit: 10 });
    expect(audit.map(({ action }) => action)).toContain('owner.still_dark');
    expect(JSON.stringify(audit)).not.toMatch(/太慢|冰箱/);
  });
});

describe('reason and expected end', () => {
  const give = (payload: object) =>
    world.ask({
      method: 'POST',
      url: '/api/v1/sites/s1/incidents/i7/outlook',
      headers: { 'idempotency-key': `k-${Math.random()}` },
      payload,
      by: engineer,
    });

  it('go to detection as a command, while the incident lasts, and never name the past', async () => {
    await scribe({ incidents: [incidentAt('i7', world.now.at)] });
    const eta = new Date(world.now.at + 3_600_000).toISOString();
    expect((await give({ cause: 'water', eta })).statusCode).toBe(202);
    const waiting = await world.stores.commands.waiting('s1', 10);
    expect(waiting.at(-1)?.command).toMatchObject({
      type: 'outlook',
      incident: 'i7',
      cause: 'water',
      eta: world.now.at + 3_600_000,
      by: engineer.user.id,
    });
    expect((await give({ eta: new Date(world.now.at).toISOString() })).statusCode).toBe(400);
    expect((await give({})).statusCode).toBe(400);
    await scribe({ incidents: [incidentAt('i7', world.now.at, { state: 'restored' })] });
    expect((await give({ cause: 'water' })).json()).toMatchObject({ code: 'incident_over' });
  });
});

describe('when everybody looks at once', () => {
  it('reads what they share once a second', async () => {
    let lists = 0;
    const { incidents } = world.stores;
    const counted = {
      ...incidents,
      list: (...given: Parameters<typeof incidents.list>) => {
        lists += 1;
        return incidents.list(...given);
      },
    };
    const busy = await openApiWorld({ stores: { ...world.stores, incidents: counted } });
    try {
      const url = `/api/v1/o/${ownerToken({ site: 's1', person }, busy.deps.signer, busy.now.at)}`;
      const answers = await Promise.all(Array.from({ length: 50 }, () => busy.ask({ url })));
      expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
      expect(lists).toBe(1);
    } finally {
      await busy.close();
    }
  });
});
