import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSqliteStores } from '../../adapters/sql/sqlite-stores.ts';
import { createTrials } from '../../cli/trials/create-trials.ts';
import type { Stores } from '../../core/ports/stores.ts';
import type { Site } from '../../core/topology/site.ts';
import { runHere } from '../support/cli.ts';
import { compound } from '../support/compound.ts';
import { eventually } from '../support/eventually.ts';
import { evidenceOf, storeEvidence } from '../support/evidence-of.ts';
import { fieldEvents } from '../support/field.ts';
import { journalOf } from '../support/journaled.ts';
import { realClock } from '../support/quiet.ts';
import { clock } from '../support/replayed.ts';
import { silentLog } from '../support/silent-log.ts';

const OWNER = '+8613812345678';
const site = compound({
  floors: 3,
  perFloor: 4,
  change: ({ premises }) => {
    for (const one of premises) one.owner = { name: '王建国', phone: OWNER, language: 'zh-CN' };
  },
});
const end = clock('10:00:00');
const lines = fieldEvents(site, {
  start: clock('07:50:00'),
  until: end,
  cuts: [{ node: 'R1', from: clock('09:10:00'), to: clock('09:30:00') }],
});
let folder: string;

async function withStores<T>(use: (stores: Stores) => Promise<T>): Promise<T> {
  const stores = await openSqliteStores({ file: join(folder, 'relight.db'), log: silentLog });
  await stores.migrate();
  return use(stores).finally(() => stores.close());
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relight-trial-'));
  await withStores(async (stores) => {
    await stores.sites.put(site, site, { by: 'test', at: clock('00:00:00') });
    const epoch = (await stores.leases.acquire('s', 'test', 1_000)) ?? 0;
    await storeEvidence(stores.evidence, { site: 's', epoch }, evidenceOf(journalOf(site, lines, end)), end);
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(changed: Site, name: string): string {
  const path = join(folder, name);
  const premises = changed.premises.map(({ owner: _, occupant: __, ...one }) => one);
  writeFileSync(path, JSON.stringify({ ...changed, premises }));
  return path;
}

const SPAN = ['--from', '2026-03-01T08:00:00Z', '--to', '2026-03-01T10:00:00Z'];
const trial = (path: string, ...more: string[]) =>
  runHere(['trial', '--site', 's', '--with', path, ...SPAN, ...more], { DATA_DIR: folder });

it('finds no difference without a change, owners counted though the file holds none', async () => {
  const ended = await trial(fileOf(site, 'same.json'));
  expect(ended).toMatchObject({ code: 0 });
  const { result } = JSON.parse(ended.stdout);
  expect(result.before).toEqual(result.after);
  expect(result.before).toMatchObject({ outages: 1, passedOver: 0 });
  expect(result.before.notices.owner).toBeGreaterThanOrEqual(2);
  expect(result.before.notices.smsParts).toBeGreaterThan(result.before.notices.owner);
  expect(result.incidents).toMatchObject([{ verdict: 'same', before: { root: 'R1', state: 'restored' } }]);
  expect(ended.stdout).not.toContain('1381234');
});

it('says incident by incident what a change of topology makes of the past', async () => {
  const nodes = site.nodes.map((node) => (node.id === 'F1' ? { ...node, fedBy: 'R3' } : node));
  const ended = await trial(fileOf({ ...site, nodes }, 'moved.json'));
  expect(ended.code).toBe(0);
  const { result } = JSON.parse(ended.stdout);
  expect(result.incidents.length).toBeGreaterThan(1);
  expect(result.incidents).toContainEqual(
    expect.objectContaining({
      verdict: 'changed',
      before: expect.objectContaining({ root: 'R1' }),
      differs: expect.arrayContaining(['affected']),
    }),
  );
  expect(result.incidents).toContainEqual(
    expect.objectContaining({ verdict: 'only_after', after: expect.objectContaining({ root: 'F1' }) }),
  );
  expect(result.after.outages).toBe(2);
});

it('refuses files at fault and names keys that change nothing', async () => {
  const faulty = fileOf({ ...site, devices: [...site.devices, ...site.devices] }, 'faulty.json');
  expect(await trial(faulty)).toMatchObject({ code: 1, stderr: expect.stringContaining('refused') });
  const { detection } = site.site;
  const misspelt = { ...site, site: { ...site.site, detection: { ...detection, gaspHold: 3 } } };
  expect((await trial(fileOf(misspelt as Site, 'misspelt.json'))).stderr).toContain('gaspHold');
  expect((await trial(join(folder, 'nowhere.json'))).stderr).toContain('cannot be read');
});

it('runs one trial of a site at a time, and ends one that takes too long', async () => {
  await withStores(async (stores) => {
    const trials = createTrials({ stores, bus: null, clock: realClock, log: silentLog, longest_ms: 300 });
    const asked = { changed: site, from: clock('08:00:00'), to: end };
    const begun = await trials.begin(asked);
    if (begun.outcome !== 'begun') throw new Error(begun.outcome);
    expect(await trials.begin(asked)).toEqual({ outcome: 'busy' });
    await eventually(() => trials.news('s', begun.id)?.failure).toBe('too_long');
    await trials.stop();
  });
});
