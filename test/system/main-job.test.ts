import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadProfiles } from '../../adapters/registry/load-profiles.ts';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import { prepareSite } from '../../bench/platform-process.ts';
import { configurationOf } from '../../cli/parts/configuration.ts';
import { buildPlatform } from '../../cli/parts/platform.ts';
import type { IncidentList } from '../../contracts/http/incidents.ts';
import type { Dispatch } from '../../core/dispatch/dispatch.ts';
import type { Stores } from '../../core/ports/stores.ts';
import { faultsOf } from '../../prove/outage-faults.ts';
import { type OutageResult, readResult } from '../../prove/outage-result.ts';
import { freePort, shortDemoSite, unitsBelow } from '../../prove/short-demo-site.ts';
import { createSimulator } from '../../simulators/app.ts';
import { readTruth } from '../../simulators/truth.ts';
import { hireEngineers } from '../support/dispatch-world.ts';
import { realClock } from '../support/quiet.ts';
import { silentLog } from '../support/silent-log.ts';

const TRIPPED = 'R-7B';
const SITE = 'yunqi';
/** Shorter than a person would set them: the promises are the same, the wait is not. */
const TIMES = { closeHold_s: 12, momentary_s: 3, gaspHold_s: 2, gaspDelay_s: 2 };

interface Outage {
  readonly result: OutageResult;
  readonly units: readonly string[];
  readonly premises: readonly string[];
  readonly truth: ReturnType<typeof readTruth>;
  readonly trippedAt: number;
  readonly dispatches: readonly Dispatch[];
}

let directory: string;
let outage: Outage;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relight-system-'));
  outage = await playOutage();
}, 90_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

test('a tripped riser is one incident at that breaker with exactly its units, and it closes when supply is back', () => {
  const [incident, ...others] = outage.result.incidents;
  expect(others).toEqual([]);
  expect(incident).toMatchObject({
    kind: 'outage',
    root: TRIPPED,
    phases: 'ABC',
    state: 'restored',
    flaps: 0,
  });
  expect(incident?.closedAt).not.toBeNull();
  expect(incident?.affected.map(({ node }) => node).sort(byText)).toEqual([...outage.units].sort(byText));
});

test('every owner is told once that supply is lost, within 10 s of the trip, and once that it is back', () => {
  const { deliveries } = outage.result;
  for (const stage of ['lost', 'restored']) {
    const told = deliveries.filter((delivery) => delivery.audience === 'owner' && delivery.stage === stage);
    expect(new Set(told.map(({ recipient }) => recipient)).size).toBe(told.length);
    expect([...new Set(told.flatMap(({ premises }) => premises))].sort(byText)).toEqual(
      [...outage.premises].sort(byText),
    );
    expect(new Set(told.map(({ state }) => state))).toEqual(new Set(['sent']));
  }
  const lost = deliveries.filter(({ stage }) => stage === 'lost');
  expect(
    Math.max(...lost.map(({ sentAt }) => (sentAt ?? Number.POSITIVE_INFINITY) - outage.trippedAt)),
  ).toBeLessThan(10_000);
});

test('the engineer on call is asked once, within 5 s of the incident, and stood down when supply is back', () => {
  const [dispatch, ...others] = outage.dispatches;
  expect(others).toEqual([]);
  expect(dispatch).toMatchObject({ state: 'stood_down', offers: [{ engineer: 'e1' }] });
  const detectedAt = outage.result.incidents[0]?.detectedAt ?? 0;
  expect((dispatch?.openedAt ?? 0) - detectedAt).toBeLessThan(5_000);
  const told = outage.result.deliveries.filter(({ recipient }) => recipient === 'e1');
  expect(told.map(({ stage, state }) => `${stage} ${state}`).sort(byText)).toEqual([
    'offer sent',
    'stand_down sent',
  ]);
});

test('ledger, messages, estimates and readings are as what really happened asks', () => {
  const { result, units, premises, truth } = outage;
  expect(faultsOf(result, { root: TRIPPED, units, premises, truth, undisturbed: null })).toEqual([]);
});

/** The platform as `relight start` composes it and the simulated compound, from before the trip until all is settled. */
async function playOutage(): Promise<Outage> {
  const modbusPort = await freePort();
  const played = shortDemoSite(modbusPort, { times: TIMES, interval_s: 5 });
  await mkdir(directory, { recursive: true });
  const secrets = await prepareSite(directory, played.file);
  await withStores((stores) => hireEngineers(stores, SITE, ['e1']));
  const env = { DATA_DIR: directory, HTTP_PORT: '0', MQTT_PORT: '0', DEMO: 'false', BOARD: 'false' };
  const platform = await buildPlatform(configurationOf(env), silentLog);
  await platform.start();
  const lines: string[] = [];
  const confirmed: { device: string; ts: number }[] = [];
  const simulator = createSimulator({
    ...{ site: played.site, profiles: await loadProfiles(), clock: realClock, log: silentLog, modbusPort },
    broker: `mqtt://127.0.0.1:${platform.mqttPort()}`,
    credentials: Object.fromEntries(secrets),
    spread_ms: 500,
    truth: (more) => lines.push(...more),
    acknowledged({ topic, payload }) {
      const [, , device = '', kind] = topic.split('/');
      if (kind === 'telemetry') confirmed.push({ device, ts: JSON.parse(payload).ts });
    },
  });
  try {
    const list = await openIncidentList(platform.url() ?? '', (await platform.firstAdministrator()) ?? '');
    await simulator.start();
    await pause(7_000);
    const trippedAt = Date.now();
    expect(simulator.act({ action: 'trip', node: TRIPPED })).toBe('done');
    await until(async () => (await list()).length > 0, 15_000);
    await pause(Math.max(0, trippedAt + 8_000 - Date.now()));
    expect(simulator.act({ action: 'restore', node: TRIPPED })).toBe('done');
    await until(async () => (await list()).every(({ closedAt }) => closedAt !== null), 40_000);
    await pause(2_000);
    await simulator.stop();
    await pause(500);
    await platform.stop();
    const units = unitsBelow(played.site, TRIPPED);
    const premises = played.site.nodes.flatMap(({ id, premises: owned }) =>
      owned !== undefined && units.includes(id) ? [owned] : [],
    );
    const result = await readResult(directory, SITE, confirmed);
    const dispatches = await withStores(async (stores) =>
      (await stores.dispatches.list({ site: SITE, limit: 100 })).map(({ dispatch }) => dispatch),
    );
    return { result, units, premises, truth: readTruth(lines.join('\n')), trippedAt, dispatches };
  } finally {
    await simulator.stop();
    await platform.stop();
  }
}

/** While no platform holds the file. */
async function withStores<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
  const stores = await openSqliteStores({ file: join(directory, 'relight.db'), log: silentLog });
  try {
    await stores.migrate();
    return await work(stores);
  } finally {
    await stores.close();
  }
}

/** Signs in by the one-time link and looks as a board would. */
async function openIncidentList(url: string, link: string) {
  const token = new URL(link).searchParams.get('token') ?? /token=([\w-]+)/.exec(link)?.[1];
  const response = await fetch(`${url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token,
      login: 'tester',
      name: 'Tester',
      password: 'correct horse battery staple',
    }),
  });
  expect(response.status).toBeLessThan(300);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return async (): Promise<IncidentList['items']> => {
    const answer = await fetch(`${url}/api/v1/sites/${SITE}/incidents`, { headers: { cookie } });
    const { items }: IncidentList = await answer.json();
    return items;
  };
}

async function until(condition: () => Promise<boolean>, within_ms: number): Promise<void> {
  for (const end = Date.now() + within_ms; !(await condition()); await pause(250)) {
    if (Date.now() > end) throw new Error(`not true within ${within_ms} ms: ${condition}`);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}
