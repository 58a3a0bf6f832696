import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSchemes } from '../../adapters/registry/load-schemes.ts';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import type { Claim } from '../../core/claims/claim.ts';
import type { LedgerEntry } from '../../core/interruptions/interruption.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { Site } from '../../core/topology/site.ts';
import { createSettlement } from '../../settlement/app.ts';
import { createLocalBus, directoryOf, incidentOf, siteOf } from '../support/alerting-world.ts';
import { moneyWrite } from '../support/claims.ts';
import { createLogBook, createMeter } from '../support/quiet.ts';

const FROM = Date.parse('2024-02-10T14:00:00+08:00');
const HOUR = 3_600_000;
const schemes = await loadSchemes('schemes');
const charged = { schemes: [{ id: 'property-fee', from: '2024-01-01', parameters: { rate: '2.80' } }] };

let folder: string;
let stores: Stores;
let site: Site;
let position = 0;
let epoch = 0;
let now = FROM;
let settlement: Lifecycle | null = null;
const bus = createLocalBus();
const meter = createMeter();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relight-claims-'));
  [position, now] = [0, FROM];
  site = siteOf(2, charged);
  stores = await openSqliteStores({ file: join(folder, 'relight.db'), log: createLogBook() });
  await stores.migrate();
  await stores.sites.put(site, {}, { by: 'test', at: now });
  epoch = (await stores.leases.acquire('s1', 'test', 600_000)) ?? 0;
  await settle();
});
afterEach(async () => {
  await settlement?.stop();
  await stores.close();
  await rm(folder, { recursive: true });
});

async function settle(): Promise<void> {
  await settlement?.stop();
  settlement = createSettlement({
    ...stores,
    sites: directoryOf([site]),
    schemes,
    clock: { now: () => now, monotonic: () => performance.now() },
    bus,
    log: createLogBook(),
    telemetry: meter,
    holder: 'test',
    limits: { poll_ms: 20, gather_ms: 5 },
  });
  await settlement.start();
}

/** The outage as it is known now: `to` null while it lasts. */
async function outage(to: number | null): Promise<void> {
  position += 1;
  now = Math.max(now, to ?? now);
  const over = to === null ? {} : { state: 'restored' as const, restoredAt: to, closedAt: to };
  const incident = incidentOf(site, { onset: FROM, onsetEarliest: FROM, ...over });
  const type: LedgerEntry['type'] = to === null ? 'opened' : position > 2 ? 'corrected' : 'closed';
  const ledger = site.premises.map(({ id }): LedgerEntry => {
    const causes = [{ incident: 'i1', from: FROM, to }];
    const shared = { phases: 'ABC', momentary: false, operations: 1, planned: null } as const;
    return {
      type,
      at: now,
      reason: 'test',
      body: { id: `x-${id}`, node: `u-${id}`, premises: id, from: FROM, to, causes, ...shared },
    };
  });
  const changes = { incidents: [incident], ledger, notices: [] };
  await stores.incidents.apply({ site: 's1', position, epoch, at: now, changes });
  bus.publish('events', { site: 's1', seq: 0 });
}

async function claims(fits: (claims: readonly Claim[]) => boolean): Promise<readonly Claim[]> {
  let seen: readonly Claim[] = [];
  for (let tries = 0; tries < 600; tries += 1) {
    seen = (await stores.claims.list({ site: 's1', incident: 'i1', limit: 100 })).map(({ claim }) => claim);
    if (fits(seen)) return seen;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(
    `the claims never fit: ${JSON.stringify(seen.map(({ state, amount_minor, kind }) => [state, amount_minor, kind]))}`,
  );
}

const all =
  (state: Claim['state'], count = site.premises.length) =>
  (some: readonly Claim[]) =>
    some.filter((one) => one.state === state).length === count;

describe('the settlement', () => {
  it('opens a claim with the first estimate and hands it in when supply is back, once, however often it is started', async () => {
    now = FROM + 10 * HOUR;
    await outage(null);
    await claims(all('estimated'));
    await outage(FROM + 30 * HOUR);
    const before = await claims(all('submitted'));
    expect(
      before.every(
        ({ amount_minor, evidence, trace }) => amount_minor > 0 && evidence.length === 64 && trace.length > 0,
      ),
    ).toBe(true);
    await settle();
    await settle();
    await new Promise((done) => setTimeout(done, 200));
    expect(await claims(all('submitted'))).toEqual(before);
    expect((await stores.audit.list('s1', { limit: 10 })).map(({ action }) => action)).toEqual([
      'claims.assessed',
    ]);
    expect(await stores.audit.verify('s1')).toBeNull();
  });

  it('adds what late data adds to a paid claim as a claim of its own, and notes what they take away', async () => {
    await outage(null);
    await outage(FROM + 30 * HOUR);
    const first = await claims(all('submitted'));
    const stored = await stores.claims.byIds(
      's1',
      first.map(({ id }) => id),
    );
    const paid = stored.map(({ claim, version }) => ({
      claim: { ...claim, state: 'paid' as const },
      version,
    }));
    expect(await stores.money.commit(moneyWrite('s1', { claims: paid }))).toBe('done');
    await outage(FROM + 40 * HOUR);
    const more = (await claims(all('submitted'))).filter(({ kind }) => kind === 'supplement');
    expect(more).toHaveLength(2);
    const owed = more.map(
      (one) =>
        one.amount_minor + (first.find(({ premises }) => premises === one.premises)?.amount_minor ?? 0),
    );
    const estimates = await stores.estimates.ofIncident('s1', 'i1');
    expect(owed.sort()).toEqual(estimates.map(({ amount_minor }) => amount_minor).sort());
    await outage(FROM + 20 * HOUR);
    const less = (await claims((some) => some.filter(({ kind }) => kind === 'recourse').length === 2)).filter(
      ({ kind }) => kind === 'recourse',
    );
    expect(less.every(({ amount_minor, state }) => amount_minor < 0 && state === 'assessed')).toBe(true);
    expect((await claims(all('reversed'))).filter(({ state }) => state === 'reversed')).toMatchObject([
      { kind: 'supplement' },
      { kind: 'supplement' },
    ]);
    const noted = await stores.fund.balances('s1');
    expect(noted.find(({ account }) => account === 'recoveries')?.amount_minor).toBe(
      less.reduce((sum, { amount_minor }) => sum + amount_minor, 0),
    );
  });
});
