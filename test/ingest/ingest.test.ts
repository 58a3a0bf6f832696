import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BusMessages } from '../../core/ports/bus.ts';
import { StoreUnavailable } from '../../core/ports/site-store.ts';
import { eventually } from '../support/eventually.ts';
import { openIngestWorld, outcomeOf } from '../support/ingest-world.ts';
import { withDirectory } from '../support/journal.ts';
import { smallSite } from '../support/small-site.ts';

const SITE = 'court';
const event = (device: string) => `relight/${SITE}/${device}/event`;
const lost = (ts: number) => ({ ts, type: 'power_lost' });
const back = (ts: number) => ({ ts, type: 'power_restored' });

describe.concurrent('ingest', () => {
  it('turns a message into an incident, its ledger entry and a notice owed, and nudges', () =>
    withDirectory(async (directory) => {
      const world = await openIngestWorld(directory, [smallSite(SITE)]);
      const events: BusMessages['events'][] = [];
      const notices: string[] = [];
      world.bus.subscribe('events', (body) => events.push(body));
      world.bus.subscribe('notices', ({ site }) => notices.push(site));
      const at = Date.now();
      await world.send(event('m-1'), lost(at));
      expect(await world.ingest.settled(5_000)).toBe(true);

      const [incident] = await world.stores.incidents.list({ sites: [SITE], limit: 10 });
      expect(incident).toMatchObject({ root: 'u-1', state: 'open', onset: at });
      expect(incident?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(await world.stores.incidents.interruptions({ site: SITE, limit: 10 })).toMatchObject([
        { node: 'u-1', from: at, to: null },
      ]);
      expect(await world.stores.outbox.list({ site: SITE, limit: 10 })).toMatchObject([
        { stage: 'lost', premises: ['1'], state: 'owed' },
      ]);
      expect(world.ingest.nodeStates(SITE)).toEqual([{ node: 'u-1', state: 'dark', incident: incident?.id }]);
      await eventually(() => events.length).toBeGreaterThan(0);
      expect(notices).toEqual([SITE]);
      await world.close();
    }));

  it('counts what it refuses by reason and goes on', () =>
    withDirectory(async (directory) => {
      const world = await openIngestWorld(directory, [smallSite(SITE)]);
      await world.send(event('m-1'), '{not json');
      await world.send(event('nobody'), lost(Date.now()));
      await world.send('relight/elsewhere/m-1/event', lost(Date.now()));
      await world.send(event('m-1'), { type: 'never heard of' });
      await world.send(event('m-2'), lost(Date.now()));
      await world.ingest.settled(5_000);
      expect(world.ingest.status().refused).toEqual({
        malformed_json: 1,
        unknown_device: 1,
        unknown_site: 1,
        invalid_payload: 1,
      });
      expect(world.telemetry.counts.get('relight_messages_refused_total{reason="malformed_json"}')).toBe(1);
      expect(await world.stores.incidents.list({ sites: [SITE], limit: 10 })).toHaveLength(1);
      await world.close();
    }));

  it('shows the newest values of a device and sends only what changed', () =>
    withDirectory(async (directory) => {
      const world = await openIngestWorld(directory, [smallSite(SITE)]);
      const sent: BusMessages['live'][] = [];
      world.bus.subscribe('live', (body) => sent.push(body));
      const at = Date.now();
      for (const [ts, voltage] of [
        [at, 230],
        [at + 10, 231],
        [at - 5_000, 12],
      ]) {
        await world.send(`relight/${SITE}/m-3/telemetry`, { ts, voltage });
      }
      await world.ingest.settled(5_000);
      expect(world.ingest.latest(SITE)).toMatchObject([
        { device: 'm-3', ts: at + 10, fields: { voltage: 231 } },
      ]);
      await eventually(() => sent.length).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const values = sent.flatMap((body) => body.values);
      expect(values.length).toBeLessThanOrEqual(2);
      expect(values.at(-1)?.fields).toEqual({ voltage: 231 });
      await world.close();
    }));

  it('goes on after a restart where it stood, says how long it was blind, and closes what it had open', () =>
    withDirectory(async (directory) => {
      const sites = [smallSite(SITE)];
      const first = await openIngestWorld(directory, sites);
      const at = Date.now();
      await first.send(event('m-1'), lost(at));
      await first.ingest.settled(5_000);
      const [before] = await first.stores.incidents.list({ sites: [SITE], limit: 10 });
      await first.close();

      const second = await openIngestWorld(directory, sites);
      await second.ingest.settled(5_000);
      expect(second.ingest.nodeStates(SITE)).toMatchObject([{ node: 'u-1' }]);
      const { blind } = second.ingest.status();
      expect(blind?.from).toBeGreaterThanOrEqual(at);
      expect(blind?.to).toBeGreaterThan(blind?.from ?? 0);
      await second.send(event('m-1'), back(at + 60_000));
      await second.ingest.settled(5_000);
      const after = await second.stores.incidents.list({ sites: [SITE], limit: 10 });
      expect(after).toMatchObject([{ id: before?.id, state: 'restored', restoredAt: at + 60_000 }]);
      const rows = await second.stores.events.read(SITE, 0, 1_000);
      expect(rows.filter((row) => row.type === 'ingest')).toMatchObject([{ body: { event: 'restarted' } }]);
      await second.close();
    }));

  it('gives every whole second one tick and each input its turn, never backwards', () =>
    withDirectory(async (directory) => {
      const world = await openIngestWorld(directory, [smallSite(SITE)]);
      const until = Date.now() + 2_300;
      while (Date.now() < until) await world.send(event('m-1'), lost(Date.now()));
      await world.ingest.settled(5_000);
      let ticks = 0;
      for (let offset = world.journal.begin(); ; ) {
        const records = await world.journal.read(offset, 1_000);
        const last = records.at(-1);
        if (last === undefined) break;
        ticks += records.filter((record) => record.kind === 'tick').length;
        offset = last.offset + 1;
      }
      expect(ticks).toBeGreaterThanOrEqual(2);
      expect(ticks).toBeLessThanOrEqual(3);
      expect(world.telemetry.counts.get('relight_detection_failures_total')).toBeUndefined();
      await world.close();
    }));

  it(
    'journals a command once however often its queue hands it out',
    () =>
      withDirectory(async (directory) => {
        let failTaken = 2;
        const world = await openIngestWorld(directory, [smallSite(SITE)], ({ commands }) => ({
          commands: {
            add: commands.add,
            waiting: commands.waiting,
            async taken(site, ids) {
              if (failTaken > 0) {
                failTaken -= 1;
                throw new StoreUnavailable('away', { retryable: true });
              }
              await commands.taken(site, ids);
            },
          },
        }));
        const at = Date.now();
        await world.stores.commands.add(
          SITE,
          { type: 'open', node: 'u-2', from: at, reason: 'a call' },
          'anna',
          at,
        );
        world.bus.publish('command', { site: SITE, command: null });
        await eventually(async () => (await world.stores.commands.waiting(SITE, 10)).length).toBe(0);
        await world.ingest.settled(5_000);
        expect(failTaken).toBe(0);
        expect(await world.stores.incidents.list({ sites: [SITE], limit: 10 })).toMatchObject([
          { root: 'u-2', onset: at },
        ]);
        await world.close();
      }),
    15_000,
  );

  it(
    'waits for a database that is away, loses nothing and writes nothing twice',
    () =>
      withDirectory(async (directory) => {
        const down = new Set<string>();
        let calls = 0;
        const world = await openIngestWorld(directory, [smallSite(SITE)], ({ incidents }) => ({
          incidents: {
            ...incidents,
            async apply(write) {
              calls += 1;
              if (down.has('database')) throw new StoreUnavailable('away', { retryable: true });
              const outcome = await incidents.apply(write);
              // The answer may be lost although the work was done.
              if (calls % 3 === 0) throw new StoreUnavailable('connection lost', { retryable: true });
              return outcome;
            },
          },
        }));
        down.add('database');
        const at = Date.now();
        for (let n = 1; n <= 6; n++) await world.send(event(`m-${n}`), lost(at + n));
        await new Promise((resolve) => setTimeout(resolve, 600));
        expect(await world.stores.incidents.list({ sites: [SITE], limit: 10 })).toEqual([]);
        expect(world.ingest.status().readers[0]?.error).toBe('StoreUnavailable');
        expect(world.telemetry.gauges.get('relight_incident_store_down')).toBe(1);
        down.delete('database');
        expect(await world.ingest.settled(10_000)).toBe(true);
        const { incidents, ledger, deliveries } = await outcomeOf(world.stores, SITE);
        expect([incidents.length, ledger.length, deliveries.length]).toEqual([6, 6, 6]);
        expect(world.telemetry.gauges.get('relight_incident_store_down')).toBe(0);
        await world.close();
      }),
    20_000,
  );

  it('works on with a new version of the site and what it knew', () =>
    withDirectory(async (directory) => {
      const world = await openIngestWorld(directory, [smallSite(SITE)]);
      const at = Date.now();
      await world.send(event('m-1'), lost(at));
      const site = smallSite(SITE);
      await world.stores.sites.put({ ...site, site: { ...site.site, name: 'renamed' } }, site, {
        by: 'test',
        at,
      });
      world.bus.publish('site', { site: SITE });
      await eventually(() =>
        world.log.lines.some((line) => line.message.includes('new version of the site')),
      ).toBe(true);
      await world.send(event('m-1'), back(at + 1_000));
      await world.ingest.settled(5_000);
      expect(await world.stores.incidents.list({ sites: [SITE], limit: 10 })).toMatchObject([
        { root: 'u-1', state: 'restored' },
      ]);
      await world.close();
    }));

  it('carries open incidents over when the network changes, every minute kept and nobody told twice', () =>
    withDirectory(async (directory) => {
      const world = await openIngestWorld(directory, [smallSite(SITE, 6)]);
      const at = Date.now();
      await world.send(event('m-1'), lost(at));
      await world.ingest.settled(5_000);
      const larger = smallSite(SITE, 8);
      await world.stores.sites.put(larger, larger, { by: 'test', at });
      world.bus.publish('site', { site: SITE });
      const open = () => world.stores.incidents.list({ sites: [SITE], states: ['open'], limit: 10 });
      await eventually(
        async () => (await world.stores.incidents.list({ sites: [SITE], limit: 10 })).length,
      ).toBe(2);
      const [successor] = await open();
      const merged = await world.stores.incidents.list({ sites: [SITE], states: ['merged'], limit: 10 });
      expect(merged).toMatchObject([{ root: 'u-1', mergedInto: successor?.id }]);
      expect(successor).toMatchObject({ root: 'u-1', onset: at });
      await world.send(event('m-1'), back(at + 60_000));
      await world.ingest.settled(5_000);
      expect(await world.stores.incidents.interruptions({ site: SITE, limit: 10 })).toMatchObject([
        { node: 'u-1', from: at, to: at + 60_000 },
      ]);
      const stages = (await world.stores.outbox.list({ site: SITE, limit: 10 })).map(({ stage }) => stage);
      expect(stages.sort()).toEqual(['lost', 'restored']);
      await world.close();
    }));

  it.each(['damaged', 'of another program', 'gone'])(
    'comes to the same state when its newest snapshot is %s',
    (how) =>
      withDirectory(async (directory) => {
        const sites = [smallSite(SITE)];
        const first = await openIngestWorld(directory, sites);
        const at = Date.now();
        await first.send(event('m-1'), lost(at));
        await first.ingest.settled(5_000);
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        await first.send(event('m-2'), lost(at + 1));
        await first.close();
        const snapshots = join(directory, 'ingest');
        const names = (await readdir(snapshots)).filter((name) => name.endsWith('.snapshot.json')).sort();
        expect(names).toHaveLength(2);
        for (const name of how === 'gone' ? names : names.slice(-1)) {
          const path = join(snapshots, name);
          if (how === 'gone') await rm(path);
          else if (how === 'damaged') await writeFile(path, (await readFile(path, 'utf8')).slice(0, -20));
          else await writeFile(path, (await readFile(path, 'utf8')).replaceAll('"open":', '"shut":'));
        }
        const second = await openIngestWorld(directory, sites);
        await second.ingest.settled(5_000);
        expect(
          second.ingest
            .nodeStates(SITE)
            .map(({ node }) => node)
            .sort(),
        ).toEqual(['u-1', 'u-2']);
        await second.send(event('m-1'), back(at + 9_000));
        await second.send(event('m-2'), back(at + 9_000));
        await second.ingest.settled(5_000);
        const { incidents, ledger, deliveries } = await outcomeOf(second.stores, SITE);
        expect([incidents.length, ledger.length, deliveries.length]).toEqual([2, 2, 4]);
        await second.close();
      }),
    15_000,
  );

  it('does not acknowledge for a site that another instance has taken over', () =>
    withDirectory(async (directory) => {
      const world = await openIngestWorld(directory, [smallSite(SITE), smallSite('other')], ({ leases }) => ({
        leases: {
          ...leases,
          acquire: async (site, holder, ttl) => (site === SITE ? null : leases.acquire(site, holder, ttl)),
        },
      }));
      let acknowledged = false;
      void world.send(event('m-1'), lost(Date.now())).then(() => {
        acknowledged = true;
      });
      await world.send('relight/other/m-1/event', lost(Date.now()));
      await world.ingest.settled(5_000);
      expect(acknowledged).toBe(false);
      expect(await world.stores.incidents.list({ sites: 'all', limit: 10 })).toHaveLength(1);
      await world.close();
    }));
});
