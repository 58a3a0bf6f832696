import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSqliteStores } from '../../../adapters/sql/sqlite-stores.ts';
import type { Stores } from '../../../core/ports/stores.ts';
import { createScribe, incidentAt, siteFile, siteNamed } from '../../support/api-world.ts';
import { silentLog } from '../../support/silent-log.ts';

const AT = Date.parse('2026-01-01T00:00:00Z');
let folder: string;
let stores: Stores;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relight-bodies-'));
  stores = await openSqliteStores({ file: join(folder, 'relight.db'), log: silentLog });
  await stores.migrate();
  await stores.sites.put(siteNamed('s1'), siteFile('s1'), { by: 'test', at: AT, ifVersion: 0 });
});
afterEach(async () => {
  await stores.close();
  rmSync(folder, { recursive: true, force: true });
});

it('an incident that did not change is read once; a change is seen at once', async () => {
  const scribe = createScribe({ stores, now: { at: AT, mono: 0 } });
  await scribe({ incidents: [incidentAt('i1', AT), incidentAt('i2', AT + 1)] });
  const first = await stores.incidents.get('s1', 'i1');
  expect(await stores.incidents.get('s1', 'i1')).toBe(first);
  const listed = await stores.incidents.list({ sites: ['s1'], limit: 5 });
  expect(listed.map(({ id }) => id)).toEqual(['i2', 'i1']);
  expect(listed[1]).toBe(first);
  await scribe({ incidents: [incidentAt('i1', AT, { flaps: 3 })] });
  expect(await stores.incidents.get('s1', 'i1')).toMatchObject({ flaps: 3 });
  const after = await stores.incidents.list({ sites: ['s1'], limit: 5 });
  expect(after.map(({ id, flaps }) => `${id} ${flaps}`)).toEqual(['i2 0', 'i1 3']);
  expect(after[0]).toBe(listed[0]);
});

it('is found however large: what does not fit is read each time', async () => {
  const affected = Array.from({ length: 60_000 }, (_, n) => ({
    node: `u${n}`,
    phases: 'ABC' as const,
    from: AT,
    to: null,
    basis: 'confirmed' as const,
  }));
  const scribe = createScribe({ stores, now: { at: AT, mono: 0 } });
  await scribe({ incidents: [incidentAt('a', AT, { affected }), incidentAt('b', AT + 1, { affected })] });
  for (let round = 0; round < 2; round += 1) {
    const listed = await stores.incidents.list({ sites: ['s1'], limit: 5 });
    expect(listed.map(({ id, affected: units }) => `${id} ${units.length}`)).toEqual(['b 60000', 'a 60000']);
  }
}, 60_000);
