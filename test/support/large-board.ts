import { join } from 'node:path';
import { type Api, createApi } from '../../api/app.ts';
import { parseSite } from '../../contracts/site-file.ts';
import { type ApiWorld, createScribe, incidentAt, openApiWorld } from './api-world.ts';
import type { BrowserContext } from './board-browser.ts';
import { root } from './built-platform.ts';
import { largeSite } from './large-site.ts';

const SITE = 'daxing';

/** The built board over a site of 5,000 meters with so many faults, and beside it the small site `s1`, whose owner has no power. */
export interface LargeBoard {
  readonly world: ApiWorld;
  readonly api: Api;
  readonly base: string;
  readonly path: string;
  /** As an engineer of the site. */
  signIn(context: BrowserContext): Promise<void>;
  close(): Promise<void>;
}

export async function openLargeBoard(faults: number): Promise<LargeBoard> {
  const world = await openApiWorld({
    clock: { now: Date.now, monotonic: () => performance.now() },
    publicUrl: null,
    dashboardDirectory: join(root, 'dashboard', 'dist'),
  });
  const at = Date.now();
  // Sessions are begun at the world's own time, and end by the clock above.
  world.now.at = at;
  const { file, sections } = largeSite(SITE);
  const parsed = parseSite(file);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  await world.stores.sites.put(parsed.site, file, { by: 'test', at, ifVersion: 0 });
  world.bus.publish('site', { site: SITE });
  while (world.sites.get(SITE) === undefined) await new Promise((done) => setTimeout(done, 20));
  await createScribe(
    world,
    SITE,
  )({
    incidents: sections.slice(0, faults).map((root, n) => {
      const onset = at - (faults - n) * 1_000;
      const units = parsed.site.nodes.filter(({ fedBy }) => fedBy === root);
      const affected = units.map(
        ({ id }) => ({ node: id, phases: 'ABC', from: onset, to: null, basis: 'confirmed' }) as const,
      );
      return incidentAt(`i${n}`, onset, { root, candidates: [root], onset, affected });
    }),
  });
  await createScribe(world)({ incidents: [incidentAt('i-s1', at - 60_000)] });
  const api = createApi(world.deps);
  await api.start();
  const base = api.address();
  const { headers } = await world.hire('engineer', [SITE]);
  return {
    world,
    api,
    base,
    path: `/s/${SITE}`,
    async signIn(context) {
      const [name = '', value = ''] = (headers.cookie ?? '').split('=');
      await context.addCookies([{ name, value, url: base }]);
    },
    async close() {
      await api.stop();
      await world.close();
    },
  };
}
