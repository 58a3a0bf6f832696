import { parseSite } from '../../contracts/site-file.ts';
import type { Site } from '../../core/topology/site.ts';

export interface CompoundOptions {
  readonly id?: string;
  readonly floors?: number;
  readonly perFloor?: number;
  readonly interval_s?: number;
  readonly detection?: Record<string, unknown>;
  readonly gateways?: boolean;
  readonly change?: (file: SiteFile) => void;
}

export interface SiteFile {
  site: Record<string, unknown>;
  nodes: Record<string, unknown>[];
  ties: Record<string, unknown>[];
  transfers: Record<string, unknown>[];
  gateways: Record<string, unknown>[];
  devices: Record<string, unknown>[];
  premises: Record<string, unknown>[];
}

/** The adversarial compound: two transformers with a tie, two risers on one board, one on the other, ATS, generator, UPS. */
export function compound(options: CompoundOptions = {}): Site {
  const { floors = 10, perFloor = 4, interval_s = 60 } = options;
  const file: SiteFile = {
    site: {
      id: options.id ?? 's',
      name: 'Compound',
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      ...(options.detection === undefined ? {} : { detection: options.detection }),
    },
    nodes: [
      { id: 'U', kind: 'feed' },
      { id: 'TX1', kind: 'transformer', fedBy: 'U' },
      { id: 'TX2', kind: 'transformer', fedBy: 'U' },
      { id: 'MDB-A', kind: 'board', fedBy: 'TX1' },
      { id: 'MDB-B', kind: 'board', fedBy: 'TX2' },
      { id: 'G1', kind: 'generator' },
      { id: 'EMDB', kind: 'ats', fedBy: 'MDB-A' },
      { id: 'UPS1', kind: 'ups', fedBy: 'EMDB' },
      { id: 'lift-1', kind: 'unit', fedBy: 'EMDB' },
    ],
    ties: [{ id: 'TIE', ends: ['MDB-A', 'MDB-B'], closed: false }],
    transfers: [{ id: 'ATS1', node: 'EMDB', normal: 'MDB-A', alternate: 'G1' }],
    gateways: [],
    devices: [
      { id: 'a-MDB-A', profile: 'native', node: 'MDB-A', interval_s: 10, poweredBy: 'UPS1' },
      { id: 'a-MDB-B', profile: 'native', node: 'MDB-B', interval_s: 10, poweredBy: 'UPS1' },
      { id: 'a-R1', profile: 'native', node: 'R1', side: 'in', interval_s: 10, poweredBy: 'UPS1' },
      { id: 'm-lift-1', profile: 'native', node: 'lift-1', interval_s },
    ],
    premises: [],
  };
  if (options.gateways === true) {
    file.gateways.push(
      { id: 'GW1', poweredBy: 'F3', via: null },
      { id: 'GW2', poweredBy: 'UPS1', via: null },
    );
  }
  riser(file, 'R1', 'MDB-A', 'F', floors, perFloor, interval_s, options.gateways === true);
  riser(file, 'R2', 'MDB-A', 'H', floors, perFloor, interval_s, false);
  riser(file, 'R3', 'MDB-B', 'K', floors, perFloor, interval_s, false);
  options.change?.(file);
  const parsed = parseSite(file);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.site;
}

function riser(
  file: SiteFile,
  id: string,
  board: string,
  prefix: string,
  floors: number,
  perFloor: number,
  interval_s: number,
  gateways: boolean,
): void {
  file.nodes.push({ id, kind: 'breaker', fedBy: board });
  for (let floor = 1; floor <= floors; floor++) {
    const panel = `${prefix}${floor}`;
    file.nodes.push({ id: panel, kind: 'breaker', fedBy: id });
    for (let flat = 1; flat <= perFloor; flat++) {
      const name = `${panel}-${flat}`;
      const phases = 'ABCA'[(flat - 1) % 4] ?? 'A';
      file.nodes.push({ id: `u-${name}`, kind: 'unit', fedBy: panel, phases, premises: name });
      const via = gateways ? (floor <= floors / 2 ? 'GW1' : 'GW2') : null;
      file.devices.push({ id: `m-${name}`, profile: 'native', node: `u-${name}`, phases, interval_s, via });
      const number = String(file.premises.length + 1).padStart(5, '0');
      file.premises.push({
        id: name,
        building: id,
        floor,
        class: 'residential',
        owner: { name: `Owner ${name}`, phone: `+86138000${number}`, language: 'zh-CN' },
      });
    }
  }
}
