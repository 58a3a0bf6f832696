import { expect, it } from 'vitest';
import { loadProfiles } from '../../adapters/registry/load-profiles.ts';
import type { Site } from '../../core/topology/site.ts';
import { createSiteEngines } from '../../ingest/site-engines.ts';
import { eventually } from '../support/eventually.ts';
import { openIngestWorld } from '../support/ingest-world.ts';
import { withDirectory } from '../support/journal.ts';
import { smallSite } from '../support/small-site.ts';

const SITE = 'court';

/** The flats hang under a riser breaker, and the feed has a meter of its own. */
function riserSite(): Site {
  const site = smallSite(SITE, 8);
  const [feed, ...units] = site.nodes;
  if (feed === undefined) throw new Error('the site has no feed');
  const riser = { ...feed, id: 'R1', kind: 'breaker', fedBy: 'U' } as const;
  const main = {
    ...site.devices[0],
    id: 'm-main',
    node: 'U',
    phases: 'ABC',
    poweredBy: 'U',
  } as Site['devices'][number];
  return {
    ...site,
    nodes: [feed, riser, ...units.map((unit) => ({ ...unit, fedBy: 'R1' }))],
    devices: [main, ...site.devices],
  };
}

it(
  'finds the riser breaker from last gasps, survives a restart in the middle, and books the minutes on return',
  () =>
    withDirectory(async (directory) => {
      const profiles = await loadProfiles();
      const engines = createSiteEngines(profiles);
      const open = () => openIngestWorld(directory, [riserSite()], () => ({ engines, profiles }));
      const first = await open();
      const all = (kind: string, of: (n: number) => unknown) =>
        Array.from({ length: 8 }, (_, n) => [`relight/${SITE}/m-${n + 1}/${kind}`, of(n)] as const);
      for (const [topic, payload] of all('telemetry', () => ({ ts: Date.now(), voltage: 230 })))
        await first.send(topic, payload);
      await first.send(`relight/${SITE}/m-main/telemetry`, { ts: Date.now(), voltage: 231 });
      const lostAt = Date.now();
      for (const [topic, payload] of all('event', () => ({ ts: lostAt, type: 'power_lost' })))
        await first.send(topic, payload);
      await first.send(`relight/${SITE}/m-main/telemetry`, { ts: Date.now() + 1, voltage: 231 });
      await first.close();

      const second = await open();
      const incidents = () => second.stores.incidents.list({ sites: [SITE], limit: 10 });
      await eventually(async () => (await incidents()).length).toBe(1);
      const [incident] = await incidents();
      expect(incident).toMatchObject({ kind: 'outage', root: 'R1', onset: lostAt, state: 'open' });
      expect(incident?.affected).toHaveLength(8);
      expect(await second.stores.outbox.list({ site: SITE, limit: 100 })).toHaveLength(8 + 1);
      const backAt = Date.now();
      for (const [topic, payload] of all('event', () => ({ ts: backAt, type: 'power_restored' })))
        await second.send(topic, payload);
      for (const [topic, payload] of all('telemetry', () => ({ ts: backAt + 1, voltage: 230 })))
        await second.send(topic, payload);
      const closed = () => second.stores.incidents.interruptions({ site: SITE, open: false, limit: 100 });
      await eventually(async () => (await closed()).length).toBe(8);
      for (const { from, to } of await closed()) {
        expect(from).toBe(lostAt);
        // A device's clock is corrected by its own shortest delay, some milliseconds here.
        expect(Math.abs((to ?? 0) - backAt)).toBeLessThan(1_000);
      }
      await second.close();
    }),
  60_000,
);
