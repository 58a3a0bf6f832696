import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadProfiles } from '../../adapters/registry/load-profiles.ts';
import { createAlerting } from '../../alerting/app.ts';
import type { Channel, OutgoingMessage } from '../../core/ports/channel.ts';
import type { Lifecycle } from '../../core/ports/lifecycle.ts';
import type { Site } from '../../core/topology/site.ts';
import { createSiteEngines } from '../../ingest/site-engines.ts';
import { directoryOf } from '../support/alerting-world.ts';
import { type IngestWorld, openIngestWorld } from '../support/ingest-world.ts';
import { createMeter, realClock } from '../support/quiet.ts';
import { smallSite } from '../support/small-site.ts';

const METERS = 1_000;
/** Meters with a line of their own, which go on speaking: a site that is wholly silent may be our own deafness. */
const OTHERS = 5;
const INTERVAL_S = 2;
const DESK = '+8657100000000';

/** A thousand meters behind one gateway, each with an owner who can be texted. */
function siteBehindOneLink(): Site {
  const site = smallSite('court', METERS + OTHERS);
  return {
    ...site,
    site: { ...site.site, simulated: false },
    gateways: [{ id: 'GW', via: null, poweredBy: null }],
    devices: site.devices.map((device, n) => ({
      ...device,
      interval_s: INTERVAL_S,
      via: n < METERS ? 'GW' : null,
    })),
    premises: site.premises.map((premises, n) => ({
      ...premises,
      owner: { name: '业主', phone: `+861380000${String(n).padStart(4, '0')}`, language: 'zh-CN' },
    })),
  };
}

it('a lost link that silences 1,000 devices texts no owner, and staff once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'relight-link-'));
  const site = siteBehindOneLink();
  const profiles = await loadProfiles();
  const world = await openIngestWorld(folder, [site], () => ({
    profiles,
    engines: createSiteEngines(profiles),
  }));
  const sent: OutgoingMessage[] = [];
  const alerting = await startAlerting(world, site, sent);
  try {
    const { stores } = world;
    await stores.staff.putSettings(
      'court',
      { ...(await stores.staff.settings('court')), deskPhone: DESK },
      1,
    );
    // Four intervals with the link, then none; the last rounds are long enough for anything that would still follow.
    const roundsWith = 4;
    for (let round = 0, after = 0; after < 6 && round < 60; round += 1) {
      const from = round < roundsWith ? 0 : METERS;
      await speak(world, from, METERS + OTHERS, round);
      if (sent.length > 0) after += 1;
      await sleep(INTERVAL_S * 1_000);
    }

    const incidents = await stores.incidents.list({ sites: ['court'], limit: 10 });
    expect(incidents.filter(({ state }) => state !== 'merged')).toMatchObject([
      { kind: 'communication', state: 'open' },
    ]);
    expect(sent.map(({ to }) => to)).toEqual([DESK]);
    const deliveries = await stores.outbox.list({ site: 'court', limit: 10_000 });
    expect(deliveries.map(({ audience, stage }) => `${audience} ${stage}`)).toEqual(['staff link_lost']);
  } finally {
    await alerting.stop();
    await world.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);

async function startAlerting(world: IngestWorld, site: Site, sent: OutgoingMessage[]): Promise<Lifecycle> {
  const provider: Channel = {
    id: 'recording',
    async send(message) {
      sent.push(message);
      return { outcome: 'accepted', providerId: `p${sent.length}`, segments: 1 };
    },
  };
  const alerting = createAlerting({
    stores: world.stores,
    channels: { log: provider, providers: new Map([['sms', provider]]) },
    sites: directoryOf([site]),
    bus: world.bus,
    clock: realClock,
    log: world.log,
    telemetry: createMeter(),
    holder: 'test',
    soleSender: true,
    random: () => 0.5,
    signer: { sign: () => '', verify: () => false },
    publicUrl: null,
  });
  await alerting.start();
  return alerting;
}

async function speak(world: IngestWorld, from: number, to: number, seq: number): Promise<void> {
  const ts = Date.now();
  const all = Array.from({ length: to - from }, (_, n) =>
    world.send(`relight/court/m-${from + n + 1}/telemetry`, { ts, seq, voltage: 230 }),
  );
  await Promise.all(all);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
