import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlanTick } from '../../alerting/planned/tick.ts';
import {
  type ApiWorld,
  createScribe,
  type Hand,
  incidentAt,
  openApiWorld,
  PHONE,
} from '../support/api-world.ts';

const HOUR = 3_600_000;
const base = '/api/v1/sites/s1/planned-outages';

let world: ApiWorld;
let manager: Hand;
let tick: () => Promise<void>;

const iso = (hours: number) => new Date(world.now.at + hours * HOUR).toISOString();
const post = async (url: string, payload: object) => world.ask({ method: 'POST', url, payload, by: manager });
const plan = (id: string, from: number, more: object = {}) =>
  post(base, { id, nodes: ['R1'], from: iso(from), to: iso(from + 4), work: 'maintenance', ...more });
const owed = async (subject: string) =>
  (await world.stores.outbox.list({ site: 's1', subject, limit: 100 }))
    .map(({ stage, revision }) => `${stage} ${revision}`)
    .reverse();
/** Sessions end meanwhile. */
async function pass(hours: number) {
  world.now.at += hours * HOUR;
  manager = await world.hire('manager', 'all');
  await tick();
}

beforeAll(async () => {
  world = await openApiWorld();
  manager = await world.hire('manager', 'all');
  tick = createPlanTick({ ...world.deps });
});
afterAll(() => world.close());

describe('a planned outage', () => {
  it('is previewed: whom it concerns, what telling them takes, what it misses', async () => {
    const settings = {
      required_h: [168, 24],
      ahead_h: [168, 72, 24],
      segmentPrice: { amount: '0.045', currency: 'CNY' },
    };
    await world.ask({
      method: 'PUT',
      url: '/api/v1/sites/s1/planned-settings',
      payload: settings,
      by: manager,
    });
    const seen = await post(`${base}/preview`, { nodes: ['R1'], from: iso(30), to: iso(34) });
    expect(seen.json()).toMatchObject({
      premises: [
        { premises: '1', people: 1 },
        { premises: '2', people: 0 },
      ],
      unreachable: 1,
      people: 1,
      rounds: 3,
      missed_h: [168],
    });
    const { segments, cost, samples } = seen.json();
    expect(samples[0].text).toContain('计划停电');
    expect(segments.perRound).toBe(samples[0].segments);
    expect(cost.perRound).toEqual({
      amount: (Math.ceil(segments.perRound * 4.5) / 100).toFixed(2),
      currency: 'CNY',
    });
  });

  it('is told at every reminder, at its beginning and at its end, once each', async () => {
    expect((await plan('p1', 200)).json()).toMatchObject({ state: 'announced', exemption: null });
    expect((await plan('p1', 300)).json()).toMatchObject({ code: 'plan_exists' });
    expect((await world.ask({ url: `${base}/none`, by: manager })).json()).toMatchObject({
      code: 'unknown_plan',
    });
    await tick();
    expect(await owed('p1')).toEqual([]);
    await pass(33);
    expect(await owed('p1')).toEqual(['planned_ahead 1']);
    await pass(0);
    await pass(96);
    await pass(48);
    expect(await owed('p1')).toEqual(['planned_ahead 1', 'planned_ahead 2', 'planned_ahead 3']);
    await pass(23);
    await pass(4);
    expect((await owed('p1')).slice(3)).toEqual(['planned_start 1', 'planned_end 1']);
    await pass(10);
    expect(await owed('p1')).toHaveLength(5);
    expect((await world.ask({ url: `${base}/p1`, by: manager })).json()).toMatchObject({
      state: 'ended',
      told: 1,
    });
  });

  it('is bound to the network as the window of its id', async () => {
    const waiting = await world.stores.commands.waiting('s1', 10);
    expect(waiting.map(({ command }) => command)).toMatchObject([
      { type: 'planned', id: 'p1', nodes: ['R1'] },
    ]);
  });

  it('announced too late needs a reason, which stays on its record', async () => {
    expect((await plan('p2', 30)).json()).toMatchObject({
      code: 'plan_refused',
      errors: [{ path: '/body/exemption', code: 'notice_too_late' }],
    });
    const late = await plan('p2', 30, { exemption: 'switchgear smells of burning' });
    expect(late.json()).toMatchObject({
      exemption: { missed_h: [168], reason: 'switchgear smells of burning' },
    });
    await tick();
    expect(await owed('p2')).toEqual(['planned_ahead 1']);
  });

  it('proves when notice reached each premises', async () => {
    const [delivery] = await world.stores.outbox.list({ site: 's1', subject: 'p2', limit: 1 });
    const id = delivery?.id ?? '';
    await world.stores.outbox.record(id, { state: 'sent', at: world.now.at, providerId: 'SM1' });
    await world.stores.outbox.receipt('sms', 'SM1', 'delivered', world.now.at + 1_000);
    const proof = (await world.ask({ url: `${base}/p2/compliance`, by: manager })).json();
    expect(proof).toMatchObject({
      exempted: true,
      totals: [
        { hours: 168, kept: 0, late: 1, missing: 1 },
        { hours: 24, kept: 1, open: 1 },
      ],
    });
    expect(proof.premises[0].periods[1]).toMatchObject({ kept: 'kept', receipt: true });
  });

  it('shows what a change would tell whom, and tells nobody', async () => {
    const preview = async (change: object) => (await post(`${base}/p2/preview`, change)).json();
    const before = await owed('p2');
    expect(await preview({ change: 'move', from: iso(28), to: iso(33) })).toMatchObject({
      told: 1,
      messages: 1,
      premises: 2,
      newcomers: 0,
      missed_h: [168],
      samples: [{ stage: 'planned_changed', language: 'zh-CN', messages: 1 }],
    });
    const cancelled = await preview({ change: 'cancel' });
    expect(cancelled.samples[0].text).toContain('取消');
    expect(cancelled.segments).toBe(cancelled.samples[0].segments);
    expect(cancelled.cost.currency).toBe('CNY');
    // Nothing ends that has not begun.
    expect(await preview({ change: 'finish' })).toMatchObject({
      code: 'plan_refused',
      errors: [{ code: 'in_the_past' }],
    });
    await tick();
    expect(await owed('p2')).toEqual(before);
    expect((await world.ask({ url: `${base}/p2`, by: manager })).json()).toMatchObject({
      state: 'announced',
    });
  });

  it('moved, is corrected for those who were told; cancelled likewise; nobody else hears', async () => {
    const moved = await world.ask({
      method: 'PUT',
      url: `${base}/p2/window`,
      payload: { from: iso(29), to: iso(33), exemption: 'parts arrive earlier' },
      by: manager,
    });
    expect(moved.statusCode).toBe(200);
    await tick();
    expect(await owed('p2')).toEqual(['planned_ahead 1', 'planned_changed 1']);
    await post(`${base}/p2/cancel`, { reason: 'not needed' });
    await tick();
    expect((await owed('p2')).at(-1)).toBe('planned_cancelled 1');
    await plan('p3', 300);
    await post(`${base}/p3/cancel`, { reason: 'another week' });
    await pass(400);
    expect(await owed('p3')).toEqual([]);
    const windows = (await world.stores.commands.waiting('s1', 50)).map(({ command }) => command.type);
    expect(windows.at(-1)).toBe('cancel_planned');
  });

  it('still dark after its end waits for the grace and is an overrun, which detection tells people of', async () => {
    await plan('p4', 200);
    await pass(199);
    await pass(1);
    const scribe = createScribe(world);
    await scribe({ incidents: [incidentAt('i4', world.now.at, { planned: 'p4' })] });
    await pass(4);
    expect((await owed('p4')).at(-1)).toBe('planned_start 1');
    await pass(1);
    expect((await world.ask({ url: `${base}/p4`, by: manager })).json()).toMatchObject({ state: 'overrun' });
    expect(await owed('p4')).not.toContain('planned_end 1');
    expect(world.sites.get('s1')?.site.premises[0]?.owner?.phone).toBe(PHONE);
  });
});
