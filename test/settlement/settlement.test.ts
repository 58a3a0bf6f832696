import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSchemes } from '../../adapters/registry/load-schemes.ts';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import type { Incident } from '../../core/incidents/incident.ts';
import type { Interruption, LedgerEntry } from '../../core/interruptions/interruption.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { EventLog } from '../../core/ports/event-log.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { Site } from '../../core/topology/site.ts';
import { createSettlement } from '../../settlement/app.ts';
import type { SettlementLimits } from '../../settlement/deps.ts';
import { createLocalBus, directoryOf, incidentOf, siteOf } from '../support/alerting-world.ts';
import { createLogBook, createMeter } from '../support/quiet.ts';

const FROM = Date.parse('2024-02-10T14:00:00+08:00');
const TO = Date.parse('2024-02-12T02:00:00+08:00');
const MINUTE = 60_000;
const schemes = await loadSchemes('schemes');

const charged = { schemes: [{ id: 'property-fee', from: '2024-01-01', parameters: { rate: '2.80' } }] };

let folder: string;
let stores: Stores;
let site: Site;
let now = FROM;
let position = 0;
let epoch = 0;
const bus = createLocalBus();
const meter = createMeter();
const running: Lifecycle[] = [];
const clock: Clock = { now: () => now, monotonic: () => performance.now() };

async function begin(given: Site): Promise<void> {
  site = given;
  now = FROM;
  position = 0;
  stores = await openSqliteStores({ file: join(folder, 'relight.db'), log: createLogBook() });
  await stores.migrate();
  await stores.sites.put(site, {}, { by: 'test', at: now });
  epoch = (await stores.leases.acquire('s1', 'test', 600_000)) ?? 0;
}

async function settle(
  limits: Partial<SettlementLimits> = {},
  events: EventLog = stores.events,
): Promise<Lifecycle> {
  const settlement = createSettlement({
    events,
    incidents: stores.incidents,
    estimates: stores.estimates,
    claims: stores.claims,
    money: stores.money,
    fund: stores.fund,
    facts: stores.facts,
    people: stores.people,
    sites: directoryOf([site]),
    schemes,
    clock,
    bus,
    log: createLogBook(),
    telemetry: meter,
    holder: 'test',
    limits: { poll_ms: 20, gather_ms: 5, ...limits },
  });
  await settlement.start();
  running.push(settlement);
  return settlement;
}

async function commit(incidents: readonly Incident[], ledger: readonly LedgerEntry[]): Promise<void> {
  position += 1;
  await stores.incidents.apply({
    site: 's1',
    position,
    epoch,
    at: now,
    changes: { incidents, ledger, notices: [] },
  });
  bus.publish('events', { site: 's1', seq: 0 });
}

function interruption(premises: string, over: Partial<Interruption> = {}): Interruption {
  return {
    id: `x-${premises}`,
    node: `u-${premises}`,
    premises,
    phases: 'ABC',
    from: FROM,
    to: null,
    momentary: false,
    operations: 1,
    planned: null,
    causes: [{ incident: 'i1', from: FROM, to: over.to ?? null }],
    ...over,
  };
}

const line = (type: LedgerEntry['type'], body: Interruption): LedgerEntry => ({
  type,
  at: now,
  reason: 'test',
  body,
});

async function lose(): Promise<void> {
  await commit(
    [incidentOf(site, { onset: FROM })],
    site.premises.map(({ id }) => line('opened', interruption(id))),
  );
}

async function restore(to = TO): Promise<void> {
  now = to;
  await commit(
    [incidentOf(site, { onset: FROM, state: 'restored', restoredAt: to })],
    site.premises.map(({ id }) => line('closed', interruption(id, { to }))),
  );
}

/** Waits for the settlement to have followed everything committed. */
async function caughtUp(): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const rows = await stores.events.read('s1', await stores.events.cursor('settlement', 's1'), 100);
    if (rows.length === 0) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error('the settlement does not catch up');
}

const estimates = (incident = 'i1') => stores.estimates.ofIncident('s1', incident);

async function estimated(incident: string, minutes: number): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if ((await estimates(incident)).some((one) => one.minutes === minutes)) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`no estimate of ${minutes} minutes: ${JSON.stringify(await estimates(incident))}`);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relight-settlement-'));
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  await stores.close();
  await rm(folder, { recursive: true });
});

describe('an outage', () => {
  it('has a running estimate for every premises while it lasts, and the final one to the cent when it is over', async () => {
    await begin(siteOf(3, charged));
    await settle();
    now = FROM + 60 * MINUTE;
    await lose();
    await caughtUp();
    expect(await estimates()).toMatchObject(
      site.premises.map(({ id }) => ({
        premises: id,
        state: 'running',
        minutes: 60,
        amount_minor: 40,
        currency: 'CNY',
        scheme: 'property-fee',
        refused: null,
      })),
    );
    await restore();
    await caughtUp();
    expect(await estimates()).toMatchObject(
      site.premises.map(({ id }) => ({ premises: id, state: 'final', minutes: 2160, amount_minor: 1448 })),
    );
  });

  it('shows with every amount the rule, the minutes and what was only presumed', async () => {
    await begin(siteOf(1, charged));
    await settle();
    await lose();
    await restore();
    await caughtUp();
    const [estimate] = await estimates();
    const ops = new Map(
      ((estimate?.trace ?? []) as { op: string; value: string }[]).map(({ op, value }) => [op, value]),
    );
    expect(ops.get('presumed')).toBe('property');
    expect(ops.get('counted_minutes')).toBe('2160');
    expect(ops.get('unverified')).toBeDefined();
    expect(ops.get('round')).toBe('14.48');
  });

  it('grows dearer without any event, well before 90 minutes', async () => {
    await begin(siteOf(1, charged));
    await settle({ refresh_ms: 30 });
    await lose();
    await caughtUp();
    now = FROM + 90 * MINUTE;
    await estimated('i1', 90);
    expect(await estimates()).toMatchObject([{ state: 'running', amount_minor: 60 }]);
  });

  it('that the utility caused costs the property nothing, with the reason', async () => {
    await begin(siteOf(1, charged));
    await settle();
    await commit([incidentOf(site, { onset: FROM, root: 'U' })], [line('opened', interruption('1000'))]);
    await caughtUp();
    const [estimate] = await estimates();
    expect(estimate).toMatchObject({ amount_minor: 0, refused: null });
    expect(estimate?.trace).toContainEqual(
      expect.objectContaining({ op: 'not_owed', value: 'utility_supply' }),
    );
  });

  it('asks for what the scheme lacks and follows when it is told, from the date it holds', async () => {
    const agreed = { id: 'property-fee', from: '2024-01-01', parameters: { base: 'agreed' } };
    await begin(siteOf(2, { schemes: [agreed] }));
    await settle();
    await lose();
    await restore();
    await caughtUp();
    const lacking = [{ path: 'premises/monthly_fee', code: 'missing_input' }];
    expect((await estimates()).map(({ refused }) => refused)).toEqual([lacking, lacking]);
    const fee = { subject: 'premises/1000', name: 'monthly_fee', from: '2024-01-01', value: '280' };
    const later = { ...fee, from: '2024-03-01', value: '900' };
    const ground = { reason: 'contract', by: 'u1', at: now };
    await stores.facts.add('s1', [fee, later], ground);
    bus.publish('events', { site: 's1', seq: 0 });
    await caughtUp();
    expect((await estimates()).map(({ amount_minor }) => amount_minor)).toEqual([1448, 0]);
    const ofIncident = { ...fee, subject: 'incident/i1/premises/1001', value: '560' };
    await stores.facts.add('s1', [{ ...fee, value: '290' }, ofIncident], ground);
    bus.publish('events', { site: 's1', seq: 0 });
    await caughtUp();
    expect((await estimates()).map(({ amount_minor }) => amount_minor)).toEqual([1500, 2897]);
  });

  it('is owed by whom a person names, with evidence, and by nobody while that is unknown', async () => {
    await begin(siteOf(2, charged));
    await settle();
    await lose();
    await restore();
    await caughtUp();
    const say = async (attribution: 'utility' | 'unknown', interruption: string | null) => {
      const evidence = [{ title: 'letter', sha256: null }];
      const said = { incident: 'i1', interruption, attribution, cause: null, reason: 'seen', evidence };
      await stores.attributions.add('s1', { ...said, evidenceHash: 'e'.repeat(64), by: 'u1', at: now });
      bus.publish('events', { site: 's1', seq: 0 });
      await caughtUp();
    };
    await say('utility', null);
    expect((await estimates()).map(({ amount_minor }) => amount_minor)).toEqual([0, 0]);
    const answers = (await estimates())[0]?.trace[0];
    expect(answers).toMatchObject({ op: 'attributed', inputs: ['e'.repeat(64)], value: 'utility' });
    await say('unknown', 'x-1001');
    expect((await estimates())[1]).toMatchObject({
      refused: [{ path: 'interruptions/x-1001/attribution', code: 'missing_input' }],
    });
  });

  it('never passes the cap of a month over its incidents, also when an earlier one turns out longer', async () => {
    const capped = { id: 'property-fee', from: '2024-01-01', parameters: { rate: '2.80', cap: '10 %' } };
    await begin(siteOf(1, { schemes: [capped] }));
    await settle();
    const days = (count: number) => count * 24 * 60 * MINUTE;
    const first = {
      id: 'x-a',
      from: FROM,
      to: FROM + days(2),
      causes: [{ incident: 'i1', from: FROM, to: FROM + days(2) }],
    };
    const second = {
      id: 'x-b',
      from: FROM + days(5),
      to: FROM + days(7),
      causes: [{ incident: 'i2', from: FROM + days(5), to: FROM + days(7) }],
    };
    now = FROM + days(8);
    await commit(
      [
        incidentOf(site, { onset: FROM, state: 'restored', restoredAt: FROM + days(2) }),
        {
          ...incidentOf(site, { onset: FROM + days(5), state: 'restored', restoredAt: FROM + days(7) }),
          id: 'i2',
        },
      ],
      [line('closed', interruption('1000', first)), line('closed', interruption('1000', second))],
    );
    await caughtUp();
    const owed = async () =>
      [...(await estimates('i1')), ...(await estimates('i2'))].map((one) => one.amount_minor);
    // 280.00 a month: 2 of 29 days are 19.31, and 8.69 are left of 28.00.
    expect(await owed()).toEqual([1931, 869]);
    const longer = {
      ...first,
      to: FROM + days(2.5),
      causes: [{ incident: 'i1', from: FROM, to: FROM + days(2.5) }],
    };
    await commit([], [line('corrected', interruption('1000', longer))]);
    await caughtUp();
    expect(await owed()).toEqual([2414, 386]);
  });

  it('stays running for whoever is still dark after the incident was closed', async () => {
    await begin(siteOf(2, charged));
    await settle();
    await lose();
    now = TO;
    await commit(
      [incidentOf(site, { onset: FROM, state: 'restored', restoredAt: TO })],
      [line('closed', interruption('1000', { to: TO }))],
    );
    await caughtUp();
    expect((await estimates()).map(({ state }) => state)).toEqual(['final', 'running']);
  });
});

describe('later', () => {
  it('a correction of the ledger renews a final estimate', async () => {
    await begin(siteOf(1, charged));
    await settle();
    await lose();
    await restore();
    await caughtUp();
    await commit([], [line('corrected', interruption('1000', { to: FROM + 60 * MINUTE }))]);
    await caughtUp();
    expect(await estimates()).toMatchObject([{ state: 'final', minutes: 60, amount_minor: 40 }]);
  });

  it('an interruption that never was takes its estimate back', async () => {
    await begin(siteOf(2, charged));
    await settle();
    await lose();
    await caughtUp();
    await commit([], [line('voided', interruption('1001'))]);
    await caughtUp();
    const [, voided] = await estimates();
    expect(voided).toMatchObject({
      premises: '1001',
      state: 'final',
      minutes: 0,
      amount_minor: 0,
      refused: null,
    });
  });

  it('a minute that two faults share is owed under one of them', async () => {
    await begin(siteOf(1, charged));
    await settle();
    const second = FROM + 60 * MINUTE;
    const causes = [
      { incident: 'i1', from: FROM, to: FROM + 120 * MINUTE },
      { incident: 'i2', from: second, to: null },
    ];
    const body = interruption('1000', { to: FROM + 300 * MINUTE, causes });
    now = FROM + 300 * MINUTE;
    await commit(
      [
        incidentOf(site, { onset: FROM, state: 'restored' }),
        incidentOf(site, { id: 'i2', onset: second, state: 'restored' }),
      ],
      [line('closed', body)],
    );
    await caughtUp();
    expect(await estimates('i1')).toMatchObject([{ minutes: 120 }]);
    expect(await estimates('i2')).toMatchObject([{ minutes: 180 }]);
  });
});

describe('what cannot be computed', () => {
  it('is recorded as refused with the reason, and computed once it can be', async () => {
    const whole = siteOf(2, charged);
    const [first, ...others] = whole.premises;
    if (first === undefined) throw new Error('fixture');
    await begin({ ...whole, premises: [{ ...first, area_m2: null }, ...others] });
    await settle();
    await lose();
    await restore();
    await caughtUp();
    expect(await estimates()).toMatchObject([
      { premises: '1000', amount_minor: 0, refused: [{ path: 'premises/area_m2', code: 'missing_input' }] },
      { premises: '1001', amount_minor: 1448, refused: null },
    ]);
  });

  it('because no scheme was in force leaves no estimate and stops nothing', async () => {
    await begin(siteOf(1, { schemes: [{ id: 'property-fee', from: '2025-01-01', parameters: {} }] }));
    await settle();
    await lose();
    await caughtUp();
    expect(await estimates()).toEqual([]);
  });

  it('because the scheme does not exist is counted', async () => {
    await begin(siteOf(1, { schemes: [{ id: 'nobody', from: '2024-01-01', parameters: {} }] }));
    await settle();
    await lose();
    await caughtUp();
    expect(await estimates()).toEqual([]);
    expect(meter.counts.get('relight_estimates_without_scheme_total')).toBeGreaterThan(0);
  });
});

describe('killed', () => {
  it('between storing and moving on, it repeats without changing anything', async () => {
    await begin(siteOf(5, charged));
    await lose();
    await restore();
    const doomed = await settle({}, { ...stores.events, advance: () => Promise.resolve() });
    await estimated('i1', 2160);
    await doomed.stop();
    expect(await stores.events.cursor('settlement', 's1')).toBe(0);
    const known = await estimates();
    const before = await stores.events.head('s1');
    now += MINUTE;
    await settle();
    await caughtUp();
    expect(await stores.events.cursor('settlement', 's1')).toBe(before);
    expect(await estimates()).toEqual(known);
    expect(await stores.events.head('s1')).toBe(before);
  });

  it('before it ever ran, it finds what was missed', async () => {
    await begin(siteOf(1, charged));
    await lose();
    await restore();
    await settle();
    await caughtUp();
    expect(await estimates()).toMatchObject([{ state: 'final', amount_minor: 1448 }]);
  });
});
