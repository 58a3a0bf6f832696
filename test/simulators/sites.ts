import { parseSite } from '../../contracts/site-file.ts';
import type { Site } from '../../core/topology/site.ts';

export function siteOf(file: object): Site {
  const parsed = parseSite(file);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.site;
}

/** Two transformers with a tie, an ATS with generator, a UPS, two risers; 3 units a riser, a gateway on a panel. */
export function smallSite(): Site {
  const riser = (r: string, board: string) => [
    { id: r, kind: 'breaker', fedBy: board },
    { id: `F-${r}`, kind: 'board', fedBy: r },
    ...['A', 'B', 'C'].map((phases) => ({ id: `u-${r}${phases}`, kind: 'unit', fedBy: `F-${r}`, phases })),
  ];
  return siteOf({
    site: { id: 's1', nominal_v: 220, simulated: true },
    nodes: [
      { id: 'U', kind: 'feed' },
      { id: 'TX1', kind: 'transformer', fedBy: 'U' },
      { id: 'TX2', kind: 'transformer', fedBy: 'U' },
      { id: 'Q1', kind: 'breaker', fedBy: 'TX1' },
      { id: 'Q2', kind: 'breaker', fedBy: 'TX2' },
      { id: 'LV1', kind: 'board', fedBy: 'Q1' },
      { id: 'LV2', kind: 'board', fedBy: 'Q2' },
      { id: 'G1', kind: 'generator' },
      { id: 'EMDB', kind: 'board', fedBy: 'LV1' },
      { id: 'UPS1', kind: 'ups', fedBy: 'EMDB' },
      { id: 'desk', kind: 'unit', fedBy: 'UPS1', phases: 'A' },
      { id: 'lift', kind: 'unit', fedBy: 'EMDB' },
      ...riser('R1', 'LV1'),
      ...riser('R2', 'LV2'),
    ],
    ties: [{ id: 'TIE', ends: ['LV1', 'LV2'], closed: false }],
    transfers: [{ id: 'ATS1', node: 'EMDB', normal: 'LV1', alternate: 'G1' }],
    gateways: [
      { id: 'GW0', poweredBy: 'UPS1' },
      { id: 'GW1', poweredBy: 'F-R1' },
    ],
    devices: [
      ...['A', 'B', 'C'].map((p) => ({ id: `m-R1${p}`, node: `u-R1${p}`, via: 'GW1', interval_s: 1 })),
      ...['A', 'B', 'C'].map((p) => ({ id: `m-R2${p}`, node: `u-R2${p}`, via: 'GW0', interval_s: 1 })),
      { id: 'a-R1', node: 'R1', side: 'in', via: 'GW0', poweredBy: 'UPS1', interval_s: 1 },
      { id: 'ups', node: 'UPS1', via: 'GW0', interval_s: 1 },
      { id: 'own', node: 'lift', interval_s: 1 },
    ],
  });
}
