import { parseSite } from '../contracts/site-file.ts';
import type { Incident } from '../core/incidents/incident.ts';
import { ownerToken } from '../core/notices/owner-link.ts';
import type { Estimate } from '../core/ports/estimate-store.ts';
import { createScribe, incidentAt, openApiWorld } from '../test/support/api-world.ts';
import { type Proof, randomFrom } from './proof.ts';

const SITE = 'rush';
const WITHIN_MS = 60_000;
const WRITE_EVERY_MS = 250;
const LIMIT_MS = 500;

/** Everybody who lost power opens the page within a minute, over real sockets and the real store, while the storm is written. */
export const ownerRush: Proof = {
  name: 'owner-rush',
  promise:
    'owners who all open their page within a minute of an outage see it within half a second, and the storm is written as before',
  fullCount: 2_000,
  async run({ count, seed, say }) {
    const random = randomFrom(seed);
    const world = await openApiWorld({
      publicUrl: null,
      clock: { now: Date.now, monotonic: () => performance.now() },
    });
    try {
      world.now.at = Date.now();
      await settle(world, count);
      const scribe = createScribe(world, SITE);
      const storm = () => scribe({ incidents: [incidentOf(count)] });
      await storm();
      await world.stores.estimates.put(estimatesOf(count));
      const base = await world.server.listen({ port: 0, host: '127.0.0.1' });
      const urls = await urlsOf(world, base);
      const alone = await writing(storm, 10_000);
      const [page, during] = await Promise.all([rush(urls, random), writing(storm, WITHIN_MS)]);
      say(
        `${urls.length} pages, ${page.refused} refused; p50 ${page.p50}, p95 ${page.p95}, p99 ${page.p99} ms`,
      );
      say(`storm written: p99 ${alone.p99} ms alone, ${during.p99} ms during the rush`);
      return {
        passed: page.refused === 0 && page.p95 < LIMIT_MS,
        figure: `${urls.length} pages in 60 s: p95 ${page.p95} ms, p99 ${page.p99} ms, ${page.refused} refused; storm written p99 ${alone.p99} → ${during.p99} ms`,
      };
    } finally {
      await world.close();
    }
  },
};

type World = Awaited<ReturnType<typeof openApiWorld>>;

async function settle(world: World, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const file = {
    site: { id: SITE, name: 'Rush', timeZone: 'Asia/Shanghai', currency: 'CNY' },
    nodes: [
      { id: 'U', kind: 'feed' },
      { id: 'R1', kind: 'breaker', fedBy: 'U' },
      ...numbers.map((n) => ({ id: `u-${n}`, kind: 'unit', fedBy: 'R1', premises: `${n}` })),
    ],
    premises: numbers.map((n) => ({
      id: `${n}`,
      owner: { name: `Owner ${n}`, phone: `+86139${String(n).padStart(8, '0')}`, language: 'zh-CN' },
    })),
  };
  const parsed = parseSite(file);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  await world.stores.sites.put(parsed.site, file, { by: 'proof', at: Date.now(), ifVersion: 0 });
  world.bus.publish('site', { site: SITE });
  while (world.sites.get(SITE) === undefined) await pause(20);
}

function incidentOf(count: number): Incident {
  const onset = Date.now() - 95 * 60_000;
  return incidentAt('storm', onset, {
    eta: Date.now() + 3_600_000,
    cause: 'cable',
    affected: Array.from({ length: count }, (_, i) => ({
      node: `u-${i + 1}`,
      phases: 'ABC',
      from: onset,
      to: null,
      basis: 'confirmed',
    })),
  });
}

function estimatesOf(count: number): Estimate[] {
  return Array.from({ length: count }, (_, i) => ({
    site: SITE,
    incident: 'storm',
    premises: `${i + 1}`,
    scheme: 'x',
    state: 'running',
    minutes: 95,
    amount_minor: 950,
    currency: 'CNY',
    trace: [],
    refused: null,
    at: Date.now(),
  }));
}

async function urlsOf(world: World, base: string): Promise<string[]> {
  const urls: string[] = [];
  for (let after: string | undefined; ; ) {
    const some = await world.stores.people.list(SITE, {
      ...(after === undefined ? {} : { after }),
      limit: 500,
    });
    after = some.at(-1)?.id;
    if (after === undefined) return urls;
    for (const { id, phone } of some) {
      if (phone === null) continue;
      urls.push(`${base}/api/v1/o/${ownerToken({ site: SITE, person: id }, world.deps.signer, Date.now())}`);
    }
  }
}

/** Each page is opened at a random moment of the minute; how long it took, without waiting for the others. */
async function rush(urls: readonly string[], random: () => number) {
  const took: number[] = [];
  let refused = 0;
  await Promise.all(
    urls.map(async (url) => {
      await pause(random() * WITHIN_MS);
      const since = performance.now();
      const answer = await fetch(url);
      const view = await answer.json();
      took.push(performance.now() - since);
      if (!answer.ok || view.current?.[0]?.cause !== 'cable') refused += 1;
    }),
  );
  return { refused, ...percentiles(took) };
}

async function writing(write: () => Promise<void>, for_ms: number) {
  const took: number[] = [];
  for (const until = performance.now() + for_ms; performance.now() < until; ) {
    const since = performance.now();
    await write();
    took.push(performance.now() - since);
    await pause(WRITE_EVERY_MS);
  }
  return percentiles(took);
}

function percentiles(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
