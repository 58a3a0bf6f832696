import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEvidenceLine, writeEvidenceLine } from '../../contracts/evidence-line.ts';
import { windowOf } from '../../contracts/evidence-window.ts';
import { parseEvents } from '../../contracts/replay.ts';
import { createRecorder } from '../../core/evidence/recorder.ts';
import {
  type ApiWorld,
  createScribe,
  type Hand,
  incidentAt,
  openApiWorld,
  siteFile,
} from '../support/api-world.ts';
import { eventually } from '../support/eventually.ts';

const HOUR = 3_600_000;
let world: ApiWorld;
let by: Hand;
let epoch: number;
let now: number;

beforeAll(async () => {
  world = await openApiWorld();
  by = await world.hire('auditor', ['s1']);
  now = world.now.at;
  epoch = (await world.stores.leases.acquire('s2', 'test', HOUR)) ?? 0;
});
afterAll(() => world.close());

const get = (site: string, query: Record<string, string>, hand = by) =>
  world.ask({ url: `/api/v1/sites/${site}/evidence`, query, by: hand });

/** Hours of a site's log, each with so many lines. */
async function fill(site: string, held: number, hours: number, perHour: number): Promise<void> {
  for (let h = hours; h > 0; h--) {
    const hour = now - h * HOUR;
    const begin = { kind: 'standing', at: hour, offset: hour, index: 0, commands: [] } as const;
    const lines = Array.from({ length: perHour }, (_, i) => ({
      at: hour + 1 + i,
      text: `{"key":[${hour + 1 + i},1],"at":"${new Date(hour + 1 + i).toISOString()}","topic":"relight/${site}/m-1/event","payload":{"type":"power_lost"}}`,
      begins: false,
    }));
    const all = [{ at: hour, text: writeEvidenceLine(begin), begins: true }, ...lines.reverse()];
    await world.stores.evidence.add({ site, epoch: held, lines: all, through: hour + HOUR });
  }
}

it('answers pages of whole hours that together are one event file', async () => {
  await fill('s2', epoch, 5, 900);
  const hand = await world.hire('engineer', ['s2']);
  const lines: string[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const answer = await get(
      's2',
      { from: new Date(now - 4.5 * HOUR).toISOString(), ...(cursor ? { cursor } : {}) },
      hand,
    );
    expect(answer.statusCode).toBe(200);
    const page: { items: unknown[]; next: string | null; from: string } = answer.json();
    expect(Date.parse(page.from)).toBe(now - 5 * HOUR);
    lines.push(...page.items.map((item) => JSON.stringify(item)));
    cursor = page.next;
    pages += 1;
  } while (cursor !== null);
  expect(pages).toBe(2);
  expect(lines).toHaveLength(4_500);
  expect(parseEvents(lines.join('\n'))).toMatchObject({ events: { length: 4_500 } });
});

it('gives an incident with the hour before it, and refuses what it does not know', async () => {
  await createScribe(world)({ incidents: [incidentAt('i1', now - HOUR, { closedAt: now - HOUR / 2 })] });
  expect((await get('s1', { incident: 'i1' })).json()).toMatchObject({ code: 'no_evidence' });
  await fill('s1', 1, 5, 3);
  const found = (await get('s1', { incident: 'i1' })).json();
  expect(Date.parse(found.from)).toBe(now - 3 * HOUR);
  expect(Date.parse(found.until)).toBe(now - HOUR / 2 + 60_000);
  expect(found.items).toHaveLength(9);
  expect((await get('s1', { incident: 'i2' })).json()).toMatchObject({ code: 'unknown_incident' });
  const turned = { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' };
  expect((await get('s1', turned)).json()).toMatchObject({ code: 'invalid_range' });
  for (const cursor of ['x', Buffer.from('[1,9e15,5]').toString('base64url')])
    expect((await get('s1', { cursor })).json()).toMatchObject({ code: 'invalid_cursor' });
});

it('keeps nothing that people wrote', () => {
  const [line] = createRecorder(null).command(now, 1, {
    type: 'open',
    node: 'R1',
    from: now,
    reason: '王建国 rang, +8613812345678',
    by: 'anna',
  });
  if (line === undefined) throw new Error('no line');
  const text = writeEvidenceLine(line);
  expect(text).not.toMatch(/王建国|1381234|anna/);
  const begin = { kind: 'standing', at: now - 1, offset: 0, index: 0, commands: [] } as const;
  const stored = [writeEvidenceLine(begin), text].map(readEvidenceLine).filter((one) => one !== null);
  const events = windowOf(stored, now, now + 1)?.events.map((event) => JSON.stringify(event)) ?? [];
  expect(parseEvents(events.join('\n'))).toMatchObject({
    events: [{ command: { type: 'open', node: 'R1' } }],
  });
});

it('tries a change on the evidence, says how far it is, and shows no owner', async () => {
  const post = (payload: object) =>
    world.ask({ method: 'POST', url: '/api/v1/sites/s1/trials', by, payload });
  const begun = await post({ detection: { gaspHold_s: 60, gaspHolt_s: 1 } });
  expect(begun.statusCode).toBe(202);
  expect(begun.json().warnings).toMatchObject([{ path: '/site/detection/gaspHolt_s' }]);
  expect((await post({})).json()).toMatchObject({ code: 'trial_running' });
  const news = async () =>
    (await world.ask({ url: `/api/v1/sites/s1/trials/${begun.json().trial}`, by })).json();
  await eventually(async () => (await news()).state, 30_000).toBe('done');
  expect(await news()).toMatchObject({ progress: 1, failure: null, result: { omitted: 0 } });
  expect(JSON.stringify(await news())).not.toMatch(/1381234|王建国/);
  const gone = await world.ask({ url: '/api/v1/sites/s1/trials/t0', by });
  expect(gone.json()).toMatchObject({ code: 'unknown_trial' });
  const foreign = { site: { ...siteFile('s2') } };
  expect((await post(foreign)).json()).toMatchObject({ code: 'site_file_invalid' });
  expect((await post({ detection: { gaspHold_s: 'x' } })).json()).toMatchObject({
    code: 'site_file_invalid',
  });
});
