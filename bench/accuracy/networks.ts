import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSite } from '../../contracts/site-file.ts';
import type { Site } from '../../core/topology/site.ts';

export interface BenchNetwork {
  readonly name: string;
  readonly site: Site;
  /** The site file it was read from, equipped. */
  readonly file: unknown;
}

const DEMO = new URL('../../demo/demo.site.json', import.meta.url);
const SHARED = new URL('../../../shared/data/networks/', import.meta.url);
const PUBLIC = ['ieee-european-lv', 'mv-oberrhein'];

/** Meters behind one gateway of a public network, which comes without any. */
const METERS_PER_GATEWAY = 16;

export const NETWORKS: readonly string[] = ['demo', ...PUBLIC];

/** Null when the file is not at hand. */
export function loadNetwork(name: string): BenchNetwork | null {
  const path = fileURLToPath(name === 'demo' ? DEMO : new URL(`${name}.site.json`, SHARED));
  if (!existsSync(path)) return null;
  const file: SiteFile = JSON.parse(readFileSync(path, 'utf8'));
  if (name !== 'demo') equip(file);
  const parsed = parseSite(file);
  if ('faults' in parsed) throw new Error(`${name}: ${JSON.stringify(parsed.faults.slice(0, 3))}`);
  return { name, site: parsed.site, file };
}

interface SiteFile {
  nodes: { id: string; kind: string; fedBy?: string; premises?: string }[];
  gateways?: { id: string; poweredBy: string }[];
  devices: { id: string; node: string; via?: string }[];
  premises?: object[];
}

/** Gateways for every few meters, each fed where its first meter is, and an owner for every unit. */
function equip(file: SiteFile): void {
  const feeds = new Map(file.nodes.map(({ id, fedBy }) => [id, fedBy]));
  const gateways: { id: string; poweredBy: string }[] = [];
  file.devices.forEach((device, i) => {
    const number = Math.floor(i / METERS_PER_GATEWAY) + 1;
    if (i % METERS_PER_GATEWAY === 0) {
      gateways.push({ id: `GW-${number}`, poweredBy: feeds.get(device.node) ?? device.node });
    }
    device.via = `GW-${number}`;
  });
  file.gateways = gateways;
  const units = file.nodes.filter(({ kind }) => kind === 'unit');
  for (const unit of units) unit.premises = unit.id;
  file.premises = units.map(({ id }, i) => ({
    id,
    class: 'residential',
    owner: { name: id, phone: `+49151${String(i).padStart(7, '0')}`, language: 'en' },
  }));
}
