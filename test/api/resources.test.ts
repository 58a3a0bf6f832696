import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Interruption } from '../../core/interruptions/interruption.ts';
import {
  type ApiWorld,
  createScribe,
  type Hand,
  incidentAt,
  OWNER,
  openApiWorld,
  PHONE,
  siteFile,
} from '../support/api-world.ts';

let world: ApiWorld;
let by: Hand;
let write: ReturnType<typeof createScribe>;
beforeAll(async () => {
  world = await openApiWorld();
  by = await world.hire('manager', ['s1']);
  write = createScribe(world);
});
afterAll(() => world.close());

const get = async (path: string, query: Record<string, string> = {}, hand = by) =>
  world.ask({ url: `/api/v1${path}`, query, by: hand });
const post = (path: string, payload: object | undefined, key = `key-${Math.random()}`, hand = by) =>
  world.ask({
    method: 'POST',
    url: `/api/v1${path}`,
    by: hand,
    headers: { 'idempotency-key': key },
    ...(payload === undefined ? {} : { payload }),
  });

function interruption(
  id: string,
  premises: string,
  from: number,
  over: Partial<Interruption> = {},
): Interruption {
  return {
    id,
    node: `u-${premises}`,
    premises,
    phases: 'ABC',
    from,
    to: null,
    momentary: false,
    operations: 1,
    planned: null,
    causes: [{ incident: 'i1', from, to: null }],
    ...over,
  };
}

describe('incidents', () => {
  it('are pages of whole objects, newest first, none missed and none twice', async () => {
    const ids = Array.from({ length: 7 }, (_, i) => `i${i + 1}`);
    // Two of them in the same millisecond, so that the id has to break the tie.
    await write({ incidents: ids.map((id, i) => incidentAt(id, world.now.at + Math.floor(i / 2) * 1000)) });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: { id: string }[]; next: string | null } = (
        await get('/sites/s1/incidents', { limit: '2', ...(cursor === null ? {} : { cursor }) })
      ).json();
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toHaveLength(ids.length);
    expect(new Set(seen)).toEqual(new Set(ids));
    expect(seen[0]).toBe('i7');
  });

  it('look as the contract says, instants as text', async () => {
    const { json } = await get('/sites/s1/incidents/i1');
    expect(json()).toMatchObject({
      id: 'i1',
      onset: '2025-12-31T23:59:55.000Z',
      restoredAt: null,
      affected: [{ node: 'u-1', from: '2025-12-31T23:59:55.000Z', to: null, basis: 'confirmed' }],
      timeline: [{ event: 'opened' }],
    });
  });

  it('of another site are unknown under this one', async () => {
    const all = await world.hire('manager', 'all');
    expect((await get('/sites/s2/incidents/i1', {}, all)).json()).toMatchObject({ code: 'unknown_incident' });
  });

  it('end a page early when they list very many units', async () => {
    const big = (id: string, i: number) =>
      incidentAt(id, world.now.at + 100_000 + i, {
        kind: 'partial',
        affected: Array.from({ length: 12_000 }, (_, n) => ({
          node: `u-${n}`,
          phases: 'ABC' as const,
          from: 0,
          to: null,
          basis: 'inferred' as const,
        })),
      });
    await write({ incidents: ['b1', 'b2'].map(big) });
    const first = (await get('/sites/s1/incidents', { kind: 'partial' })).json();
    expect(first.items).toHaveLength(1);
    const second = (await get('/sites/s1/incidents', { kind: 'partial', cursor: first.next })).json();
    expect(second.items.map(({ id }: { id: string }) => id)).toEqual(['b1']);
    expect(second.next).toBeNull();
  });

  it.each([
    'x',
    'bnVsbA',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('["a","b"]').toString('base64url'),
  ])('refuse the foreign cursor %s', async (cursor) => {
    expect((await get('/sites/s1/incidents', { cursor })).json()).toMatchObject({ code: 'invalid_cursor' });
  });
});

describe('commands', () => {
  const waiting = () => world.stores.commands.waiting('s1', 100);

  it('wait in the queue for ingest, once per idempotency key', async () => {
    const first = await post('/sites/s1/incidents/i1/acknowledge', undefined, 'one-key-1');
    const again = await post('/sites/s1/incidents/i1/acknowledge', undefined, 'one-key-1');
    expect(first.statusCode).toBe(202);
    expect(again.json()).toEqual(first.json());
    expect(await waiting()).toMatchObject([{ command: { type: 'acknowledge', node: 'R1', by: by.user.id } }]);
  });

  it('of another person or for another incident are not repeats, whatever their key', async () => {
    const before = (await waiting()).length;
    const other = await world.hire('engineer', ['s1']);
    await post('/sites/s1/incidents/i1/acknowledge', undefined, 'one-key-1', other);
    await post('/sites/s1/incidents/i2/acknowledge', undefined, 'one-key-1');
    expect((await waiting()).length).toBe(before + 2);
  });

  it('need a key', async () => {
    const answer = await world.ask({ method: 'POST', url: '/api/v1/sites/s1/incidents/i1/acknowledge', by });
    expect(answer.json()).toMatchObject({ code: 'invalid_request' });
    expect(answer.json().errors[0].path).toContain('/headers');
  });

  it('about an incident that is over are refused', async () => {
    const at = world.now.at;
    await write({ incidents: [incidentAt('done', at, { state: 'restored', restoredAt: at, closedAt: at })] });
    expect((await post('/sites/s1/incidents/done/acknowledge', undefined)).json()).toMatchObject({
      code: 'incident_not_open',
    });
  });

  it('confirming supply name the units that are dark by their own evidence, unless a reason is given', async () => {
    world.states.set('s1', [{ node: 'u-1', state: 'dark', incident: 'i1' }]);
    const refused = await post('/sites/s1/incidents/i1/confirm-restored', {});
    expect(refused.json()).toMatchObject({
      code: 'units_still_dark',
      errors: [{ path: '/affected/u-1', code: 'dark' }],
    });
    expect(
      (await post('/sites/s1/incidents/i1/confirm-restored', { reason: 'meter broken' })).statusCode,
    ).toBe(202);
    world.states.clear();
    expect((await post('/sites/s1/incidents/i1/confirm-restored', {})).statusCode).toBe(202);
  });

  it('open an incident only at a node that exists and not in the future', async () => {
    const open = (body: object) =>
      post('/sites/s1/incidents', { node: 'R1', from: '2025-12-31T08:00:00+08:00', reason: 'call', ...body });
    expect((await open({})).statusCode).toBe(202);
    expect((await waiting()).at(-1)?.command).toMatchObject({
      type: 'open',
      from: Date.parse('2025-12-31T00:00:00Z'),
    });
    expect((await open({ node: 'nope' })).json()).toMatchObject({ code: 'unknown_node' });
    expect((await open({ from: '2031-01-01T00:00:00Z' })).json()).toMatchObject({
      errors: [{ code: 'in_the_future' }],
    });
    expect((await open({ from: '2025-02-30T00:00:00Z' })).statusCode).toBe(400);
    expect((await open({ reason: '   ' })).statusCode).toBe(400);
  });

  it('amend an incident that detection still knows: units only, nothing in the future', async () => {
    const amend = (body: object) => post('/sites/s1/incidents/i1/amend', { reason: 'guard saw it', ...body });
    const units = [{ node: 'u-1', from: '2025-12-31T10:00:00Z', to: '2025-12-31T11:00:00Z' }];
    expect((await amend({ from: '2025-12-31T09:00:00Z', units, cause: 'fuse' })).statusCode).toBe(202);
    expect((await waiting()).at(-1)?.command).toMatchObject({
      type: 'amend',
      incident: 'i1',
      from: Date.parse('2025-12-31T09:00:00Z'),
      units: [{ node: 'u-1', to: Date.parse('2025-12-31T11:00:00Z') }],
    });
    expect((await amend({ without: ['R1'] })).json()).toMatchObject({
      code: 'unknown_node',
      errors: [{ path: '/body/without/0', code: 'unknown_unit' }],
    });
    expect((await amend({ from: '2031-01-01T00:00:00Z' })).json()).toMatchObject({
      errors: [{ path: '/body/from', code: 'in_the_future' }],
    });
    const backwards = [{ node: 'u-1', from: '2025-12-31T11:00:00Z', to: '2025-12-31T10:00:00Z' }];
    expect((await amend({ units: backwards })).json()).toMatchObject({ code: 'invalid_range' });
    world.remembers.value = false;
    expect((await amend({ cause: 'fuse' })).json()).toMatchObject({ code: 'incident_settled' });
    world.remembers.value = true;
  });

  it('take a device out of service with a reason, and show it so', async () => {
    const device = (await get('/sites/s1/devices')).json().items[0].id;
    const body = { inService: false, reason: 'loose terminal' };
    expect((await post(`/sites/s1/devices/${device}/service`, body)).statusCode).toBe(202);
    expect((await waiting()).at(-1)?.command).toMatchObject({ type: 'out_of_service', device, out: true });
    expect((await post(`/sites/s1/devices/${device}/service`, { inService: false })).statusCode).toBe(400);
    expect((await post('/sites/s1/devices/zz/service', body)).json()).toMatchObject({
      code: 'unknown_device',
    });
    world.out.push(device);
    expect((await get(`/sites/s1/devices/${device}`)).json()).toMatchObject({
      inService: false,
      quality: 'out_of_service',
    });
    world.out.length = 0;
  });

  it('plan, cancel and switch', async () => {
    const window = { id: 'w1', nodes: ['R1'], from: '2026-02-01T00:00:00Z', to: '2026-02-01T02:00:00Z' };
    expect((await post('/sites/s1/planned', window)).statusCode).toBe(202);
    expect((await post('/sites/s1/planned', { ...window, to: window.from })).json()).toMatchObject({
      code: 'invalid_range',
    });
    expect((await post('/sites/s1/planned', { ...window, nodes: ['R1', 'zz'] })).json()).toMatchObject({
      errors: [{ path: '/body/nodes/1' }],
    });
    const cancel = await world.ask({
      method: 'DELETE',
      url: '/api/v1/sites/s1/planned/w1',
      by,
      headers: { 'idempotency-key': 'cancel-w1' },
    });
    expect(cancel.statusCode).toBe(202);
    expect(
      (await post('/sites/s1/switches', { type: 'breaker', node: 'R1', closed: false })).statusCode,
    ).toBe(202);
    expect((await post('/sites/s1/switches', { type: 'tie', id: 'R1', closed: false })).json()).toMatchObject(
      { code: 'unknown_node' },
    );
  });
});

describe('interruptions, deliveries and estimates', () => {
  it('page through the ledger of an incident and show its lines', async () => {
    const at = world.now.at;
    const lines = ['1', '2'].map((premises) => ({
      type: 'opened' as const,
      at,
      reason: 'lost',
      body: interruption(`x${premises}`, premises, at),
    }));
    await write({ ledger: lines });
    const first = (await get('/sites/s1/incidents/i1/interruptions', { limit: '1' })).json();
    const second = (
      await get('/sites/s1/incidents/i1/interruptions', { limit: '1', cursor: first.next })
    ).json();
    const found = [...first.items, ...second.items].map(({ premises }) => premises);
    expect(new Set(found)).toEqual(new Set(['1', '2']));
    expect(second.next).toBeNull();
    const ledger = (await get('/sites/s1/interruptions/x1/ledger')).json();
    expect(ledger.items).toMatchObject([
      { type: 'opened', reason: 'lost', body: { id: 'x1', premises: '1' } },
    ]);
    expect((await get('/sites/s1/interruptions/nope/ledger')).json()).toMatchObject({
      code: 'unknown_interruption',
    });
    expect(
      (
        await get('/sites/s1/interruptions', { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' })
      ).json(),
    ).toMatchObject({ code: 'invalid_range' });
  });

  it('show who was told, masked', async () => {
    const notice = {
      incident: 'i1',
      stage: 'lost' as const,
      revision: 1,
      audience: 'owner' as const,
      recipient: PHONE,
      premises: ['1'],
      at: world.now.at,
    };
    await write({ notices: [notice] });
    const answer = await get('/sites/s1/incidents/i1/deliveries');
    expect(answer.json()).toMatchObject({
      items: [
        {
          stage: 'lost',
          state: 'owed',
          premises: ['1'],
          recipient: { name: '王**', phone: '+86138****5678' },
        },
      ],
      progress: { owed: 1 },
      owners: { owed: 1 },
      next: null,
    });
    expect(answer.body).not.toContain(PHONE);
    expect(answer.body).not.toContain(OWNER);
  });

  it('show money as decimal text with its trace, and what cannot be computed as such', async () => {
    const base = {
      site: 's1',
      incident: 'i1',
      scheme: 'property-fee',
      state: 'running' as const,
      currency: 'CNY',
      at: world.now.at,
    };
    await world.stores.estimates.put([
      { ...base, premises: '1', minutes: 90, amount_minor: 1448, trace: [{ rule: 'fee' }], refused: null },
      {
        ...base,
        premises: '2',
        minutes: 90,
        amount_minor: 0,
        trace: [],
        refused: [{ path: '/area_m2', code: 'missing' }],
      },
    ]);
    const { items, totals } = (await get('/sites/s1/incidents/i1/estimates')).json();
    expect(items).toMatchObject([
      {
        premises: '1',
        amount: { amount: '14.48', currency: 'CNY' },
        trace: [{ rule: 'fee' }],
        refused: null,
      },
      { premises: '2', amount: null, refused: [{ code: 'missing' }] },
    ]);
    expect(totals).toEqual([{ amount: '14.48', currency: 'CNY', premises: 1 }]);
  });
});

describe('sites', () => {
  it('show the network and its states, never the people', async () => {
    world.states.set('s1', [{ node: 'R1', state: 'lit', incident: null }]);
    const answer = await get('/sites/s1');
    expect(answer.json()).toMatchObject({
      id: 's1',
      simulated: true,
      states: [{ node: 'R1', state: 'lit', incident: null }],
    });
    expect(answer.json().seq).toBeGreaterThan(0);
    for (const secret of [OWNER, PHONE, '138']) expect(answer.body).not.toContain(secret);
    world.states.clear();
  });

  it('export their file without people, and with them only to who may, on the record', async () => {
    const plain = await get('/sites/s1/file');
    expect(plain.headers.etag).toBe('"1"');
    expect(plain.body).not.toContain(PHONE);
    expect((await get('/sites/s1/file', { people: 'true' })).body).toContain(PHONE);
    expect((await world.stores.audit.list('s1', { limit: 1 }))[0]).toMatchObject({
      action: 'site.export_people',
    });
    const engineer = await world.hire('engineer', ['s1']);
    expect((await get('/sites/s1/file', { people: 'true' }, engineer)).json()).toMatchObject({
      code: 'forbidden',
    });
  });

  const put = (
    payload: object,
    headers: Record<string, string> = {},
    query: Record<string, string> = {},
    site = 's1',
  ) => world.ask({ method: 'PUT', url: `/api/v1/sites/${site}/file`, by, payload, headers, query });

  it('change by a file only against the version it was made on', async () => {
    const next = siteFile('s1');
    next.nodes.push({ id: 'u-3', kind: 'unit', fedBy: 'R1', premises: '2' });
    next.devices = [];
    const tried = await put(next, {}, { dryRun: 'true' });
    expect(tried.json()).toMatchObject({
      applied: false,
      version: 1,
      siteChanged: false,
      nodes: { added: ['u-3'], changed: [], removed: [] },
      devices: { removed: ['m-1'] },
    });
    expect((await put(next)).json()).toMatchObject({ code: 'version_needed' });
    expect((await put(next, { 'if-match': '"7"' })).json()).toMatchObject({ code: 'version_conflict' });
    expect((await put(next, { 'if-match': 'abc' })).json()).toMatchObject({ code: 'version_conflict' });
    const both = await Promise.all([put(next, { 'if-match': '"1"' }), put(next, { 'if-match': '"1"' })]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
    expect((await get('/sites/s1/file')).headers.etag).toBe('"2"');
    const back = await put(siteFile('s1'), { 'if-match': '"2"' });
    expect(back.json()).toMatchObject({ applied: true, version: 3 });
  });

  it('keep their people when a file that was exported without them comes back', async () => {
    const exported = (await get('/sites/s1/file')).json();
    const { version } = (await get('/sites/s1')).json();
    const kept = await put(exported, { 'if-match': `"${version}"` }, { keepPeople: 'true' });
    expect(kept.json()).toMatchObject({ applied: true, premises: { added: [], changed: [], removed: [] } });
    expect((await get('/sites/s1/file', { people: 'true' })).body).toContain(PHONE);
    await put(siteFile('s1'), { 'if-match': `"${kept.json().version}"` });
  });

  it('refuse a file with every fault listed', async () => {
    const broken = siteFile('s1');
    broken.nodes.push({ id: 'R1', kind: 'wire' }, { id: 'x', kind: 'unit', fedBy: 'nowhere' });
    const answer = await put(broken, { 'if-match': '"3"' });
    expect(answer.statusCode).toBe(422);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ code: 'site_file_invalid' });
    expect(answer.json().errors.length).toBeGreaterThanOrEqual(2);
    expect((await put(siteFile('s2'), { 'if-match': '"3"' })).json()).toMatchObject({
      errors: [{ code: 'other_site' }],
    });
  });

  it('begin with a file by somebody of all sites', async () => {
    const all = await world.hire('admin', 'all');
    const payload = siteFile('new.site');
    const created = await world.ask({ method: 'PUT', url: '/api/v1/sites/new.site/file', by: all, payload });
    expect(created.json()).toMatchObject({ applied: true, version: 1 });
    await expect.poll(async () => (await get('/sites/new.site', {}, all)).statusCode).toBe(200);
  });
});

describe('devices', () => {
  it('have newest values with quality and age', async () => {
    const at = world.now.at;
    const device = async () => (await get('/sites/s1/devices/m-1')).json();
    expect(await device()).toMatchObject({ quality: 'never', age_s: null, values: {} });
    const value = (age_s: number) =>
      world.latest.set('s1', [
        { site: 's1', device: 'm-1', ts: at, arrival: at - age_s * 1000, fields: { voltage: 230.1 } },
      ]);
    value(90);
    expect(await device()).toMatchObject({ quality: 'good', age_s: 90, values: { voltage: 230.1 } });
    value(91);
    expect(await device()).toMatchObject({ quality: 'late' });
    value(181);
    expect(await device()).toMatchObject({ quality: 'silent' });
    expect((await get('/sites/s1/devices', { search: 'M-' })).json().items).toHaveLength(1);
    expect((await get('/sites/s1/devices', { quality: 'good' })).json().items).toHaveLength(0);
    expect((await get('/sites/s1/devices/none')).json()).toMatchObject({ code: 'unknown_device' });
  });

  it('have a history in buckets', async () => {
    const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
    const history = (query: Record<string, string>) =>
      get('/sites/s1/devices/m-1/history', { fields: 'voltage', ...range, ...query });
    expect((await history({ fields: 'voltage,power' })).json()).toMatchObject({
      fields: ['voltage', 'power'],
      buckets: [{ at: '2026-01-01T00:00:00.000Z', min: [0, 0], max: [231.5, 231.5], mean: [null, null] }],
    });
    expect((await history({ to: range.from })).json()).toMatchObject({ code: 'invalid_range' });
    expect((await history({ from: '2020-01-01T00:00:00Z' })).json()).toMatchObject({ code: 'invalid_range' });
    expect((await history({ fields: 'a;drop table' })).statusCode).toBe(400);
    expect((await history({ buckets: '100000' })).statusCode).toBe(400);
  });

  it('get a secret that is shown once and stored as a hash', async () => {
    const engineer = await world.hire('engineer', ['s1']);
    const url = '/api/v1/sites/s1/credentials/GW1';
    const first = (await world.ask({ method: 'POST', url, by: engineer })).json();
    expect(first).toMatchObject({ client: 'GW1', username: 's1/GW1', clientId: 's1/GW1' });
    expect(first.secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const stored = await world.stores.credentials.hashOf('s1', 'GW1');
    expect(stored).toMatch(/^[0-9a-f]{64}$/);
    const second = (await world.ask({ method: 'POST', url, by: engineer })).json();
    expect(second.secret).not.toBe(first.secret);
    expect((await world.ask({ url, by: engineer })).json()).toEqual({
      client: 'GW1',
      kind: 'gateway',
      exists: true,
    });
    expect((await world.ask({ method: 'DELETE', url, by: engineer })).statusCode).toBe(204);
    expect(await world.stores.credentials.hashOf('s1', 'GW1')).toBeNull();
    expect(JSON.stringify(await world.stores.audit.list('s1', { limit: 100 }))).not.toContain(first.secret);
    expect(
      (await world.ask({ method: 'POST', url: '/api/v1/sites/s1/credentials/nobody', by: engineer }))
        .statusCode,
    ).toBe(404);
  });
});

describe('the rest', () => {
  it('works a simulated switch, and only of a simulated site', async () => {
    const act = (payload: object) =>
      world.ask({ method: 'POST', url: '/api/v1/sites/s1/simulator', by, payload });
    expect((await get('/sites/s1/simulator')).json()).toEqual({ switches: [{ node: 'R1', closed: true }] });
    expect((await act({ action: 'trip', node: 'R1' })).statusCode).toBe(204);
    expect(world.acts).toEqual([{ action: 'trip', node: 'R1' }]);
    expect((await act({ action: 'trip', node: 'zz' })).json()).toMatchObject({ code: 'unknown_node' });
    world.simulatorAway.value = true;
    expect((await act({ action: 'trip', node: 'R1' })).json()).toMatchObject({ code: 'simulator_away' });
    world.simulatorAway.value = false;
    const all = await world.hire('admin', 'all');
    await world.ask({
      method: 'PUT',
      url: '/api/v1/sites/real/file',
      by: all,
      payload: siteFile('real', { simulated: false }),
    });
    await expect
      .poll(async () => (await get('/sites/real/simulator', {}, all)).json().code)
      .toBe('no_simulator');
  });

  it('reads events after a seq, in order, without what they say about people', async () => {
    await world.stores.events.append('s1', world.now.at, 'person', { name: OWNER, phone: PHONE });
    const seqs: number[] = [];
    let after = '0';
    for (;;) {
      const page = (await get('/sites/s1/events', { after, limit: '3' })).json();
      seqs.push(...page.items.map(({ seq }: { seq: number }) => seq));
      expect(JSON.stringify(page)).not.toContain(PHONE);
      if (page.next === null) break;
      after = page.next;
    }
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
    expect(seqs.length).toBeGreaterThan(5);
  });

  it('says how ingest does', async () => {
    expect((await get('/ingest')).json()).toMatchObject({
      running: true,
      accepted: 3,
      refused: { unknown_topic: 1 },
    });
  });
});
