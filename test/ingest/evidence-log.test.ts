import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { foldEvents } from '../../cli/replay/fold.ts';
import { readEvidenceLine, type StoredLine } from '../../contracts/evidence-line.ts';
import { windowOf } from '../../contracts/evidence-window.ts';
import { parseEvents } from '../../contracts/replay.ts';
import { createSiteEngines } from '../../ingest/site-engines.ts';
import { compound } from '../support/compound.ts';
import { eventually } from '../support/eventually.ts';
import { type IngestWorld, openIngestWorld } from '../support/ingest-world.ts';
import { PROFILES } from '../support/replayed.ts';

const site = compound({ floors: 3, perFloor: 4, detection: { gaspDelay_s: 1, gaspHold_s: 1 } });
const engines = { profiles: PROFILES, engines: createSiteEngines(PROFILES) };
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relight-evidence-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function linesIn({ stores }: IngestWorld): Promise<StoredLine[]> {
  const lines: StoredLine[] = [];
  for await (const some of stores.evidence.read('s', 0, Date.now()))
    for (const text of some) {
      const line = readEvidenceLine(text);
      if (line === null) throw new Error(`no line of ours: ${text}`);
      lines.push(line);
    }
  return lines;
}

const darkened = site.devices.filter(({ node }) => node.startsWith('u-F'));

async function goDark(world: IngestWorld): Promise<void> {
  for (const { id } of site.devices)
    await world.send(`relight/s/${id}/telemetry`, { ts: Date.now(), uptime_s: 900, voltage: 230.1 });
  const ts = Date.now() + 1_200;
  await eventually(() => Date.now()).toBeGreaterThan(ts);
  for (const { id } of darkened) await world.send(`relight/s/${id}/event`, { ts, type: 'power_lost' });
}

it('holds what a real incident was made of, on demand, and again after a restart', async () => {
  let world = await openIngestWorld(directory, [site], () => engines);
  await goDark(world);
  const open = () => world.stores.incidents.list({ sites: ['s'], open: true, limit: 9 });
  await eventually(async () => (await open()).length).toBe(1);
  const asked = Date.now() - 1_500;
  world.bus.publish('evidence', { site: 's' });
  const through = async () => (await world.stores.evidence.extent('s'))?.through ?? 0;
  await eventually(through).toBeGreaterThan(asked);
  const [live] = await world.stores.incidents.list({ sites: ['s'], limit: 9 });
  const before = await linesIn(world);
  await world.close();

  world = await openIngestWorld(directory, [site], () => engines);
  await world.ingest.settled(5_000);
  const window = windowOf([...before, ...(await linesIn(world))], 0, Date.now());
  await world.close();

  const parsed = parseEvents((window?.events ?? []).map((event) => JSON.stringify(event)).join('\n'));
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const replayed = foldEvents(site, PROFILES, parsed.events, Date.now());
  expect(replayed.refused).toEqual({});
  expect(replayed.incidents).toHaveLength(1);
  expect(replayed.incidents[0]).toMatchObject({ root: live?.root, kind: live?.kind });
  expect(replayed.incidents[0]?.affected.map(({ node, from }) => [node, Date.parse(from)]).sort()).toEqual(
    live?.affected.map(({ node, from }) => [node, from]).sort(),
  );
}, 40_000);
