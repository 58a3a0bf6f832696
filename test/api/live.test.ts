import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../api/app.ts';
import {
  type Change,
  type ClientToServer,
  type Ended,
  type Heartbeat,
  LIVE_PATH,
  type LiveAnswer,
  type ServerToClient,
  type Snapshot,
  type States,
  type Values,
} from '../../contracts/live.ts';
import type { NodeState } from '../../core/incidents/engine.ts';
import { type ApiWorld, createScribe, type Hand, incidentAt, openApiWorld } from '../support/api-world.ts';

type Client = Socket<ServerToClient, ClientToServer>;

let world: ApiWorld;
let api: ReturnType<typeof createApi>;
let by: Hand;
let write: ReturnType<typeof createScribe>;
const open: Client[] = [];

beforeAll(async () => {
  world = await openApiWorld();
  by = await world.hire('engineer', ['s1']);
  write = createScribe(world);
  api = createApi({ ...world.deps, publicUrl: null });
  await api.start();
});
afterEach(() => {
  for (const client of open.splice(0)) client.disconnect();
});
afterAll(async () => {
  await api.stop();
  await world.close();
});

function connect(headers: Record<string, string> = by.headers): Client {
  const client: Client = io(api.address(), {
    path: LIVE_PATH,
    transports: ['websocket'],
    extraHeaders: headers,
    reconnection: false,
    forceNew: true,
  });
  open.push(client);
  return client;
}

/** Everything a client heard, in order. */
function listen(client: Client) {
  const heard = {
    changes: [] as Change[],
    snapshots: [] as Snapshot[],
    values: [] as Values[],
    states: [] as States[],
    heartbeats: [] as Heartbeat[],
    ended: [] as Ended[],
  };
  client.on('change', (one) => heard.changes.push(one));
  client.on('snapshot', (one) => heard.snapshots.push(one));
  client.on('values', (one) => heard.values.push(one));
  client.on('state', (one) => heard.states.push(one));
  client.on('heartbeat', (one) => heard.heartbeats.push(one));
  client.on('ended', (one) => heard.ended.push(one));
  return heard;
}

/** What may wait for one client before it is cut, and more than the socket buffers of any machine hold beside it. */
const BOUND_MB = 16;
const KERNEL_MOST_MB = 64;

/** Takes no byte off the wire any more. Pausing its TCP socket alone would not do: the web socket resumes it. */
function stopReading(client: Client): void {
  const engine = client.io.engine as unknown as { transport: { ws: { pause(): void } } };
  engine.transport.ws.pause();
}

const resume = (client: Client, after: number | null, site = 's1'): Promise<LiveAnswer> =>
  client.timeout(5000).emitWithAck('resume', { site, after });
const watch = (client: Client, devices: 'all' | string[]): Promise<LiveAnswer> =>
  client.timeout(5000).emitWithAck('watch', { site: 's1', devices });
const append = (n: number) => world.stores.events.append('s1', world.now.at, 'ingest', { n });
/** So many event rows in one transaction. */
const closedIncidents = (count: number) => {
  const at = world.now.at;
  const over = { state: 'restored', restoredAt: at, closedAt: at } as const;
  return write({ incidents: Array.from({ length: count }, (_, n) => incidentAt(`old${n}`, at, over)) });
};
const seqs = (changes: readonly Change[]) => changes.map(({ seq }) => seq);
const outcome = (client: Client) =>
  new Promise<string>((resolve) => {
    client.on('connect', () => resolve('connected'));
    client.on('connect_error', (error) => resolve(error.message));
  });

describe('a connection', () => {
  it('needs the session of the page', async () => {
    expect(await outcome(connect({}))).toBe('not_signed_in');
    expect(await outcome(connect({ cookie: `relight_session=${'A'.repeat(43)}` }))).toBe('not_signed_in');
    expect(await outcome(connect())).toBe('connected');
  });

  it('is refused to a page of another web site', async () => {
    expect(await outcome(connect({ ...by.headers, origin: 'https://evil.test' }))).not.toBe('connected');
    expect(await outcome(connect({ ...by.headers, origin: api.address() }))).toBe('connected');
  });

  it('sees only its own sites', async () => {
    const client = connect();
    const heard = listen(client);
    expect(await resume(client, null, 's2')).toEqual({ ok: false, code: 'unknown_site' });
    expect(await resume(client, 0, 's2')).toEqual({ ok: false, code: 'unknown_site' });
    expect(await client.timeout(5000).emitWithAck('watch', { site: 's2', devices: 'all' })).toMatchObject({
      ok: false,
    });
    expect(heard.snapshots).toEqual([]);
    expect(heard.changes).toEqual([]);
  });

  it('that sends nonsense is told so and lives on', async () => {
    const client = connect();
    const raw = client as unknown as Socket;
    for (const nonsense of [
      null,
      7,
      'x',
      {},
      { site: '../..', after: -1 },
      { site: 's1', after: 1.5 },
      [[]],
    ]) {
      expect(await raw.timeout(5000).emitWithAck('resume', nonsense)).toEqual({
        ok: false,
        code: 'invalid_request',
      });
    }
    raw.emit('resume', null);
    raw.emit('watch');
    raw.emit('no such event', {});
    expect(await resume(client, null)).toMatchObject({ ok: true });
  });

  it('that sends without end is cut', async () => {
    const client = connect();
    await resume(client, null);
    for (let i = 0; i < 200; i++) (client as unknown as Socket).emit('leave', { site: 's1' });
    await expect.poll(() => client.connected).toBe(false);
  });
});

describe('changes', () => {
  it('begin with a snapshot and follow in commit order without a gap', async () => {
    await write({ incidents: [incidentAt('i1', world.now.at)] });
    const client = connect();
    const heard = listen(client);
    const answer = await resume(client, null);
    const [snapshot] = heard.snapshots;
    expect(snapshot).toMatchObject({
      site: 's1',
      incidents: [{ id: 'i1', root: 'R1' }],
      ingest: { running: true },
    });
    expect(answer).toEqual({ ok: true, seq: snapshot?.seq });
    for (let n = 0; n < 30; n++) await append(n);
    world.bus.publish('events', { site: 's1', seq: 0 });
    await expect.poll(() => heard.changes.length).toBe(30);
    expect(seqs(heard.changes)).toEqual(Array.from({ length: 30 }, (_, i) => (snapshot?.seq ?? 0) + 1 + i));
  });

  it('arrive within two seconds though every nudge is lost', async () => {
    const client = connect();
    const heard = listen(client);
    await resume(client, null);
    const seq = await append(1);
    await expect.poll(() => seqs(heard.changes), { timeout: 2000 }).toEqual([seq]);
  });

  it('missed while away are made up for, none lost and none twice, while others keep coming', async () => {
    const first = connect();
    const before = listen(first);
    await resume(first, null);
    const start = before.snapshots[0]?.seq ?? 0;
    first.disconnect();
    await closedIncidents(700);
    const client = connect();
    const heard = listen(client);
    const writing = Promise.all(Array.from({ length: 200 }, (_, n) => append(n)));
    const resumed = resume(client, start);
    for (let i = 0; i < 20; i++) {
      world.bus.publish('events', { site: 's1', seq: 0 });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await resumed).toMatchObject({ ok: true });
    await writing;
    const end = await world.stores.events.head('s1');
    expect(end).toBeGreaterThanOrEqual(start + 900);
    await expect.poll(() => heard.changes.at(-1)?.seq, { timeout: 5000 }).toBe(end);
    expect(heard.snapshots).toEqual([]);
    expect(seqs(heard.changes)).toEqual(Array.from({ length: end - start }, (_, i) => start + 1 + i));
  });

  it('too many to make up for, or of another history, are answered with a snapshot', async () => {
    await closedIncidents(2100);
    const client = connect();
    const heard = listen(client);
    expect(await resume(client, 0)).toMatchObject({ ok: true });
    expect(await resume(client, 10_000_000)).toMatchObject({ ok: true });
    expect(heard.snapshots).toHaveLength(2);
    expect(heard.changes).toEqual([]);
    const seq = await append(1);
    world.bus.publish('events', { site: 's1', seq });
    await expect.poll(() => seqs(heard.changes)).toEqual([seq]);
  });

  it('about people do not say who', async () => {
    const client = connect();
    const heard = listen(client);
    await resume(client, null);
    await world.stores.events.append('s1', world.now.at, 'person', { phone: '+8613812345678' });
    world.bus.publish('events', { site: 's1', seq: 0 });
    await expect.poll(() => heard.changes).toMatchObject([{ type: 'person', body: null }]);
  });

  it('stop after leave', async () => {
    const client = connect();
    const heard = listen(client);
    await resume(client, null);
    expect(await client.timeout(5000).emitWithAck('leave', { site: 's1' })).toMatchObject({ ok: true });
    const other = connect();
    const theirs = listen(other);
    await resume(other, null);
    await append(1);
    world.bus.publish('events', { site: 's1', seq: 0 });
    await expect.poll(() => theirs.changes.length).toBe(1);
    expect(heard.changes).toEqual([]);
  });
});

describe('states and values', () => {
  const state = (node: string, to: NodeState['state']): NodeState => ({ node, state: to, incident: null });

  it('of nodes are told when they change, and whole after a resume without snapshot', async () => {
    world.states.set('s1', [state('R1', 'lit'), state('u-1', 'lit')]);
    const client = connect();
    const heard = listen(client);
    await resume(client, null);
    expect(heard.snapshots[0]?.states).toHaveLength(2);
    world.states.set('s1', [state('R1', 'dark'), state('u-1', 'lit')]);
    world.bus.publish('events', { site: 's1', seq: 0 });
    await expect.poll(() => heard.states.flatMap(({ states }) => states)).toContainEqual(state('R1', 'dark'));
    world.states.set('s1', [state('R1', 'dark'), state('u-1', 'dark')]);
    await expect.poll(() => heard.states.at(-1)?.states, { timeout: 2000 }).toEqual([state('u-1', 'dark')]);
    const again = connect();
    const theirs = listen(again);
    await resume(again, heard.snapshots[0]?.seq ?? 0);
    expect(theirs.states).toHaveLength(1);
    expect(theirs.states[0]?.states).toHaveLength(2);
  });

  it('of devices come together, the newest only, to those who watch', async () => {
    const all = connect();
    const one = connect();
    const none = connect();
    const [heardAll, heardOne, heardNone] = [all, one, none].map(listen);
    expect(await watch(all, 'all')).toMatchObject({ ok: true });
    expect(await watch(one, ['m-1'])).toMatchObject({ ok: true });
    await resume(none, null);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const at = world.now.at;
    const value = (device: string, voltage: number) => ({
      site: 's1',
      device,
      ts: at,
      arrival: at,
      fields: { voltage },
    });
    for (let v = 1; v <= 100; v++) {
      world.bus.publish('live', {
        values: [value('m-1', v), value('m-2', v), { ...value('m-1', v), site: 's2' }],
      });
    }
    await expect.poll(() => heardAll?.values.length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(heardAll?.values).toHaveLength(1);
    expect(heardAll?.values[0]).toMatchObject({
      site: 's1',
      values: [
        { device: 'm-1', fields: { voltage: 100 } },
        { device: 'm-2', fields: { voltage: 100 } },
      ],
    });
    expect(heardOne?.values).toMatchObject([{ values: [{ device: 'm-1', fields: { voltage: 100 } }] }]);
    expect(heardNone?.values).toEqual([]);
    await watch(one, []);
    await new Promise((resolve) => setTimeout(resolve, 600));
    world.bus.publish('live', { values: [value('m-1', 1)] });
    await expect.poll(() => heardAll?.values.length).toBe(2);
    expect(heardOne?.values).toHaveLength(1);
  });

  it('of more devices than a frame holds all come, in frames one after the other', async () => {
    const all = connect();
    const heard = listen(all);
    await watch(all, 'all');
    const at = world.now.at;
    const values = Array.from({ length: 4_500 }, (_, n) => ({
      site: 's1',
      device: `d-${n}`,
      ts: at,
      arrival: at,
      fields: { voltage: 220 },
    }));
    for (let from = 0; from < values.length; from += 2_000)
      world.bus.publish('live', { values: values.slice(from, from + 2_000) });
    const devices = () => heard.values.flatMap((frame) => frame.values.map(({ device }) => device));
    await expect.poll(() => new Set(devices()).size, { timeout: 2_000 }).toBe(4_500);
    expect(heard.values.map((frame) => frame.values.length)).toEqual([2_000, 2_000, 500]);
  });

  it('of devices are not for finance', async () => {
    const finance = await world.hire('finance', ['s1']);
    expect(await watch(connect(finance.headers), 'all')).toEqual({ ok: false, code: 'forbidden' });
  });
});

describe('the server', () => {
  it('beats every second with its time and what the board should have seen', async () => {
    const client = connect();
    const heard = listen(client);
    const answer = await resume(client, null);
    await new Promise((resolve) => setTimeout(resolve, 3200));
    expect(heard.heartbeats.length).toBeGreaterThanOrEqual(2);
    expect(heard.heartbeats.length).toBeLessThanOrEqual(4);
    expect(heard.heartbeats.at(-1)).toMatchObject({
      at: new Date(world.now.at).toISOString(),
      seq: { s1: answer.ok ? answer.seq : -1 },
      ingestLag_s: 0,
      version: '0.0.0-test',
    });
  });

  it('hangs up, saying why, when the session ends or rights change', async () => {
    const leaver = await world.hire('engineer', ['s1']);
    const client = connect(leaver.headers);
    const heard = listen(client);
    await resume(client, null);
    const headers = { ...leaver.headers, 'content-type': 'application/json' };
    const answer = await fetch(`${api.address()}/api/v1/session`, {
      method: 'DELETE',
      headers: leaver.headers,
    });
    expect([headers, answer.status]).toEqual([headers, 204]);
    await expect.poll(() => client.connected).toBe(false);
    expect(heard.ended).toEqual([{ reason: 'session_ended' }]);

    const moved = await world.hire('engineer', ['s1']);
    const other = connect(moved.headers);
    const theirs = listen(other);
    await resume(other, null);
    // In another process: nothing tells this one, so it has to find out.
    await world.stores.users.update({ ...moved.user, sites: ['s2'] });
    await expect
      .poll(() => theirs.ended, { timeout: 12_000, interval: 200 })
      .toEqual([{ reason: 'rights_changed' }]);
  });

  it('cuts a client that stops reading, and the others hear everything', { timeout: 60_000 }, async () => {
    const slow = connect();
    const good = connect();
    await resume(slow, null);
    const heard = listen(good);
    await resume(good, null);
    stopReading(slow);

    const cut = () => world.telemetry.counts.get('relight_live_ended_total{reason="too_slow"}') ?? 0;
    const blob = 'x'.repeat(1_000_000);
    let sent = 0;
    // The kernel takes as much as its buffers hold, and that differs; only what is beyond them waits in the server.
    while (cut() === 0 && sent < BOUND_MB + KERNEL_MOST_MB) {
      await world.stores.events.append('s1', world.now.at, 'ingest', { sent, blob });
      world.bus.publish('events', { site: 's1', seq: 0 });
      sent += 1;
      await expect.poll(() => heard.changes.length, { timeout: 10_000, interval: 5 }).toBe(sent);
    }
    expect(sent).toBeGreaterThan(BOUND_MB);
    await expect.poll(cut, { timeout: 5_000 }).toBe(1);
    expect(good.connected).toBe(true);
  });

  it('says that it stops, and frees its port', async () => {
    const other = createApi({ ...world.deps, publicUrl: null });
    await other.start();
    const address = other.address();
    const client: Client = io(address, {
      path: LIVE_PATH,
      transports: ['websocket'],
      extraHeaders: by.headers,
      reconnection: false,
      forceNew: true,
    });
    const heard = listen(client);
    await new Promise<void>((resolve) => client.on('connect', resolve));
    await other.stop();
    await expect.poll(() => client.connected).toBe(false);
    expect(heard.ended).toEqual([{ reason: 'server_stopping' }]);
    await expect(fetch(`${address}/healthz`)).rejects.toThrow();
  });
});
