import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { parseSite } from '../contracts/site-file.ts';
import type { Site } from '../core/topology/site.ts';

const DEMO = new URL('../demo/demo.site.json', import.meta.url);

export const SHORT_INTERVAL_S = 10;

export interface ShortTimes {
  readonly times: Readonly<Record<string, number>>;
  readonly interval_s: number;
}

/** Seconds instead of minutes, so that an outage is over while somebody watches. */
const SHORT: ShortTimes = { times: { closeHold_s: 10, momentary_s: 10 }, interval_s: SHORT_INTERVAL_S };

export interface PlayedSite {
  /** The site file, as it is imported and as the simulator reads it. */
  readonly file: unknown;
  readonly site: Site;
}

/** The demo site with short times, its Modbus meters at a port of the proof's own. */
export function shortDemoSite(modbusPort: number, { times, interval_s } = SHORT): PlayedSite {
  const demo = JSON.parse(readFileSync(DEMO, 'utf8').replaceAll('127.0.0.1:5502', `127.0.0.1:${modbusPort}`));
  const file: unknown = {
    ...demo,
    site: { ...demo.site, simulated: true, detection: { ...demo.site.detection, ...times } },
    devices: demo.devices.map((device: object) => ({ ...device, interval_s })),
  };
  const parsed = parseSite(file);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults.slice(0, 5)));
  return { file, site: parsed.site };
}

/** Units that hang below a node by normal supply. */
export function unitsBelow(site: Site, root: string): readonly string[] {
  const found = new Set([root]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { id, fedBy } of site.nodes) {
      if (fedBy === null || !found.has(fedBy) || found.has(id)) continue;
      found.add(id);
      grew = true;
    }
  }
  return site.nodes.filter(({ id, kind }) => kind === 'unit' && found.has(id)).map(({ id }) => id);
}

/** A port that was free a moment ago: a platform that is restarted must come back where its meters look for it. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
