import { DETECTION_DEFAULTS } from '../../core/topology/detection-defaults.ts';
import type { Device, NetworkNode, Site } from '../../core/topology/site.ts';

/** A feed and `units` metered flats under it, each with a premises and an owner. */
export function smallSite(id: string, units = 6): Site {
  const flats = Array.from({ length: units }, (_, index) => index + 1);
  const feed: NetworkNode = { id: 'U', kind: 'feed', fedBy: null, phases: 'ABC', nominal_v: 230 };
  return {
    site: {
      id,
      name: id,
      timeZone: 'Asia/Shanghai',
      currency: 'CNY',
      nominal_v: 230,
      detection: DETECTION_DEFAULTS,
      schemes: [],
      simulated: true,
    },
    nodes: [
      feed,
      ...flats.map((n): NetworkNode => {
        return { id: `u-${n}`, kind: 'unit', fedBy: 'U', phases: 'A', nominal_v: 230, premises: String(n) };
      }),
    ],
    ties: [],
    transfers: [],
    gateways: [],
    devices: flats.map((n): Device => {
      const place = { node: `u-${n}`, poweredBy: `u-${n}`, side: 'out', phases: 'A', via: null } as const;
      return {
        id: `m-${n}`,
        profile: 'native',
        ...place,
        interval_s: 60,
        address: null,
        backfeed: false,
        inService: true,
      };
    }),
    premises: flats.map((n) => ({
      id: String(n),
      building: '1',
      floor: n,
      area_m2: '80',
      class: 'residential',
      owner: { name: `业主${n}`, phone: `+86138000000${String(n).padStart(2, '0')}`, language: 'zh-CN' },
      occupant: null,
    })),
  };
}
