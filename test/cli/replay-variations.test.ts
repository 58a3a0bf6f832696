import { describe, expect, it } from 'vitest';
import type { ReplayResult } from '../../cli/replay/fold.ts';
import type { Site } from '../../core/topology/site.ts';
import { type CompoundOptions, compound, type SiteFile } from '../support/compound.ts';
import { type FieldOptions, fieldEvents } from '../support/field.ts';
import { clock, type Line, replayed } from '../support/replayed.ts';
import type { Cut } from '../support/supply.ts';

// The twenty scenarios again with other intervals, holds, sizes, depths, meters and shares of gasps than in their tables.

const START = clock('09:50:00');

interface Variation {
  readonly name: string;
  readonly site: CompoundOptions;
  readonly seed: number;
  readonly gasp: number;
}

const threePhase = (file: SiteFile) => {
  for (const entry of [...file.nodes, ...file.devices])
    if (/^[um]-[FHK]/.test(String(entry.id))) entry.phases = 'ABC';
};
/** A busbar and a cable between every riser and its panels, which no meter tells apart from the panel. */
const deeper = (file: SiteFile) => {
  for (const node of [...file.nodes]) {
    if (!/^[FHK]\d+$/.test(String(node.id))) continue;
    file.nodes.push({ id: `J-${node.id}`, kind: 'junction', fedBy: node.fedBy });
    node.fedBy = `J-${node.id}`;
  }
};

const VARIATIONS: readonly Variation[] = [
  {
    name: 'meters every 30 s, few gasps',
    site: { interval_s: 30, floors: 6, perFloor: 3 },
    seed: 21,
    gasp: 0.25,
  },
  {
    name: 'meters every 15 s, many gasps',
    site: { interval_s: 15, floors: 4, perFloor: 4 },
    seed: 22,
    gasp: 0.9,
  },
  { name: 'three-phase meters', site: { floors: 5, perFloor: 4, change: threePhase }, seed: 23, gasp: 0.5 },
  { name: 'deeper network', site: { floors: 6, perFloor: 4, change: deeper }, seed: 24, gasp: 0.5 },
  {
    name: 'slower holds',
    site: {
      floors: 5,
      perFloor: 4,
      detection: { gaspHold_s: 12, gaspDelay_s: 8, voltageHold_s: 25, closeHold_s: 120 },
    },
    seed: 25,
    gasp: 0.5,
  },
];

const made = (variation: Variation, more: CompoundOptions = {}): Site =>
  compound({
    ...variation.site,
    ...more,
    change: (file) => {
      variation.site.change?.(file);
      more.change?.(file);
    },
  });
const field = (site: Site, v: Variation, until: string, options: Omit<Partial<FieldOptions>, 'until'> = {}) =>
  fieldEvents(site, { start: START, until: clock(until), seed: v.seed, gasp: v.gasp, ...options });
const cut = (node: string, from: string, to: string | null, more: Partial<Cut> = {}): Cut => ({
  node,
  from: clock(from),
  to: to === null ? null : clock(to),
  ...more,
});
const event = (device: string, at: string, payload: object): Line => ({
  at: clock(at),
  topic: `relight/s/${device}/event`,
  payload: { ts: clock(at), ...payload },
});
const reading = (device: string, at: string, payload: object): Line => ({
  at: clock(at),
  topic: `relight/s/${device}/telemetry`,
  payload: { ts: clock(at), ...payload },
});
const status = (device: string, at: string, word: string, stored = false): Line => ({
  at: clock(at),
  topic: `relight/s/${device}/status`,
  payload: word,
  stored,
});
const brief = ({ incidents }: ReplayResult) =>
  incidents.map(({ kind, root, state }) => `${kind} ${root} ${state}`).sort();
const unitsBelow = (site: Site, prefix: string) =>
  site.nodes
    .filter(({ kind, id }) => kind === 'unit' && id.startsWith(`u-${prefix}`))
    .map(({ id }) => id)
    .sort();
const listed = (result: ReplayResult, root: string) =>
  (result.incidents.find((one) => one.root === root)?.affected ?? []).map(({ node }) => node).sort();
const near = (instant: string | null | undefined, expected: string, within_s: number) =>
  expect(Math.abs(Date.parse(instant ?? '') - clock(expected))).toBeLessThanOrEqual(within_s * 1000);

describe.each(VARIATIONS)('$name', (v) => {
  it('1: a riser trips', () => {
    const site = made(v);
    const result = replayed(site, [
      ...field(site, v, '10:06:00', { cuts: [cut('R2', '10:00:00', null)], gaspSpread_ms: 8000 }),
      event('m-H1-1', '10:00:00.200', { type: 'power_lost' }),
      event('m-H3-2', '10:00:00.900', { type: 'power_lost' }),
      event('m-H4-3', '10:00:01.500', { type: 'power_lost' }),
    ]);
    expect(brief(result)).toEqual(['outage R2 open']);
    expect(listed(result, 'R2')).toEqual(unitsBelow(site, 'H'));
    near(result.incidents[0]?.detectedAt, '10:00:13', 14);
  });

  it('2: a gateway is lost, with and without wills', () => {
    for (const wills of [true, false]) {
      const site = made(v, { gateways: true });
      const links = [{ gateway: 'GW2', from: clock('10:00:00'), to: clock('10:07:00'), wills }];
      const result = replayed(site, field(site, v, '10:20:00', { links }));
      expect(brief(result)).toEqual(['communication GW2 restored']);
      expect(result.interruptions).toEqual([]);
    }
  });

  it('3: a panel takes its gateway along, and all comes back', () => {
    const site = made(v, { gateways: true });
    const links = [{ gateway: 'GW1', from: clock('10:00:01'), to: clock('10:12:20'), wills: true }];
    const lines = [
      ...field(site, v, '10:30:00', { cuts: [cut('F3', '10:00:00', '10:12:00')], gasp: 0, links }),
      event('m-F3-2', '10:00:00.500', { type: 'power_lost' }),
      event('m-F3-3', '10:00:00.700', { type: 'power_lost' }),
    ];
    const result = replayed(site, lines, clock('10:32:00'));
    expect(
      result.incidents
        .filter(({ kind }) => kind !== 'communication')
        .map(({ root, state }) => `${root} ${state}`),
    ).toEqual(['F3 restored']);
    expect(listed(result, 'F3')).toEqual(unitsBelow(site, 'F3'));
    expect(result.interruptions).toHaveLength(unitsBelow(site, 'F3').length);
  });

  it('4: the broker restarts beside a panel that is dark since', () => {
    const site = made(v, { gateways: true });
    const mute = site.devices.map(({ id }) => ({
      device: id,
      from: clock('10:00:00'),
      to: clock('10:08:00'),
    }));
    const dead = unitsBelow(site, 'K2').map((id) => id.replace('u-', '/m-'));
    const lines: Line[] = field(site, v, '10:25:00', { mute }).filter(
      ({ at, topic }) => at < clock('10:00:00') || !dead.some((id) => topic.includes(`${id}/`)),
    );
    for (const { id } of site.devices) lines.push(status(id, '10:03:00', 'online', true));
    const result = replayed(site, lines, clock('10:25:00'));
    expect(result.incidents.filter(({ kind }) => kind !== 'communication')).toEqual([]);
    expect(result.interruptions).toEqual([]);
    expect(result.notices.every(({ audience }) => audience === 'staff')).toBe(true);
  });

  it('5: an old will comes after the new birth, twice', () => {
    const site = made(v);
    const lines: Line[] = field(site, v, '10:15:00');
    for (const minute of ['01', '06']) {
      lines.push(
        status('m-K1-1', `10:${minute}:20`, 'online'),
        status('m-K1-1', `10:${minute}:50`, 'offline'),
      );
    }
    expect(replayed(site, lines, clock('10:15:00')).incidents).toEqual([]);
  });

  it('6: a recloser flickers twice', () => {
    const site = made(v);
    const lines: Line[] = field(site, v, '10:15:00');
    for (const second of ['07', '29']) {
      lines.push(
        reading('a-MDB-B', `10:00:${second}.100`, { voltage_a: 0, voltage_b: 0, voltage_c: 0 }),
        event('m-K1-2', `10:00:${second}.300`, { type: 'power_lost' }),
        event('m-K3-1', `10:00:${second}.500`, { type: 'power_lost' }),
        reading('a-MDB-B', `10:00:${second}.900`, { voltage_a: 231, voltage_b: 230, voltage_c: 229 }),
        event('m-K1-2', `10:00:${second}.950`, { type: 'power_restored' }),
      );
    }
    const result = replayed(site, lines, clock('10:15:00'));
    expect(result.incidents).toEqual([]);
    expect(result.interruptions.find(({ premises }) => premises === 'K1-2')).toMatchObject({ operations: 2 });
    expect(result.notices).toEqual([]);
  });

  it.each(['A', 'C', 'BC'])('7: phases %s are lost on a riser and come back', (phases) => {
    const site = made(v);
    const result = replayed(
      site,
      field(site, v, '10:30:00', { cuts: [cut('R1', '10:00:00', '10:15:00', { phases })] }),
      clock('10:35:00'),
    );
    const hit = site.nodes.filter(
      (node) =>
        node.kind === 'unit' &&
        node.id.startsWith('u-F') &&
        [...phases].some((phase) => node.phases.includes(phase)),
    );
    expect(brief(result)).toEqual(['partial R1 restored']);
    expect(result.incidents[0]?.phases).toBe(phases);
    expect(listed(result, 'R1')).toEqual(hit.map(({ id }) => id).sort());
  });

  it('8: a fuse blows on the high side of the other transformer', () => {
    const site = made(v);
    const low = { A: 231, B: 117, C: 115 };
    const voltages = (device: string, at: number) => {
      if (at < clock('10:00:00') || at > clock('10:12:00')) return undefined;
      if (device === 'a-MDB-B') return { voltage_a: low.A, voltage_b: low.B, voltage_c: low.C };
      if (!device.startsWith('m-K')) return undefined;
      const phases = site.devices.find(({ id }) => id === device)?.phases ?? 'A';
      return phases === 'ABC'
        ? { voltage_a: low.A, voltage_b: low.B, voltage_c: low.C }
        : { voltage: low[phases as 'A' | 'B' | 'C'] };
    };
    const result = replayed(site, field(site, v, '10:25:00', { voltages }), clock('10:35:00'));
    expect(brief(result)).toEqual(['partial TX2 restored']);
    expect(result.incidents[0]).toMatchObject({ rootSide: 'in', phases: 'BC' });
    expect(result.interruptions).toEqual([]);
  });

  it('9: a neutral breaks and is mended', () => {
    const site = made(v, {
      change: (file) => file.devices.push({ id: 'a-K2', profile: 'native', node: 'K2', interval_s: 10 }),
    });
    const voltages = (device: string, at: number) =>
      device === 'a-K2' && at >= clock('10:00:00') && at < clock('10:10:00')
        ? {
            voltage_a: 150,
            voltage_b: 305,
            voltage_c: 255,
            voltage_ab: 399,
            voltage_bc: 400,
            voltage_ca: 401,
          }
        : undefined;
    const result = replayed(site, field(site, v, '10:25:00', { voltages }), clock('10:25:00'));
    expect(brief(result)).toEqual(['safety K2 restored']);
    expect(result.interruptions).toEqual([]);
  });

  it('10: a panel burns while its transformer is dark', () => {
    const site = made(v);
    const cuts = [cut('TX2', '10:00:00', '10:25:00'), cut('K3', '10:00:00', '10:50:00')];
    const lines: Line[] = [
      ...field(site, v, '11:05:00', { cuts }),
      event('m-K3-2', '10:00:01', { type: 'power_lost' }),
    ];
    const result = replayed(site, lines, clock('11:10:00'));
    const [outer, inner] = ['TX2', 'K3'].map((root) =>
      result.incidents.find((one) => one.root === root || one.candidates.includes(root)),
    );
    expect(result.incidents).toHaveLength(2);
    expect(inner).toMatchObject({ state: 'restored', nestedOf: outer?.id });
    for (const { premises, to } of result.interruptions)
      near(to, premises?.startsWith('K3-') ? '10:50:00' : '10:25:00', 2);
    expect(result.interruptions).toHaveLength(unitsBelow(site, 'K').length);
  });

  it('11: a panel trips, later all of its riser; the riser comes back first', () => {
    const site = made(v);
    const cuts = [cut('H1', '10:00:00', '10:40:00'), cut('R2', '10:12:00', '10:30:00')];
    const lines = [
      ...field(site, v, '11:00:00', { cuts }),
      event('m-H1-2', '10:00:01', { type: 'power_lost' }),
    ];
    const result = replayed(site, lines, clock('11:05:00'));
    expect(result.incidents.map(({ root, state }) => `${root} ${state}`).sort()).toEqual([
      'H1 restored',
      'R2 restored',
    ]);
    for (const { premises, from, to } of result.interruptions) {
      near(from, premises?.startsWith('H1-') ? '10:00:00' : '10:12:00', 12);
      near(to, premises?.startsWith('H1-') ? '10:40:00' : '10:30:00', 2);
    }
    expect(result.interruptions).toHaveLength(unitsBelow(site, 'H').length);
  });

  it('12: risers come back one after the other, the second first', () => {
    const site = made(v);
    const cuts = [
      cut('R1', '10:00:00', '10:50:00', { side: 'in' }),
      cut('R2', '10:00:00', '10:20:00', { side: 'in' }),
      cut('MDB-A', '10:00:00', '10:20:00', { side: 'in' }),
    ];
    const result = replayed(site, field(site, v, '11:05:00', { cuts }), clock('11:10:00'));
    expect(result.incidents.every(({ state }) => state === 'restored')).toBe(true);
    for (const { premises, to } of result.interruptions) {
      if (premises !== undefined) near(to, premises.startsWith('F') ? '10:50:00' : '10:20:00', 2);
    }
    expect(new Set(result.interruptions.map(({ premises, node }) => premises ?? node)).size).toBe(
      result.interruptions.length,
    );
  });

  it('13: the generator carries the emergency board', () => {
    const site = made(v, {
      change: (file) =>
        file.devices.push(
          { id: 'g', profile: 'native', node: 'G1', interval_s: 10, poweredBy: 'UPS1' },
          { id: 'ups', profile: 'native', node: 'UPS1', interval_s: 10 },
        ),
    });
    const lines = field(site, v, '10:50:00', { cuts: [cut('U', '10:00:00', '10:30:00')], standby_ms: 9_000 });
    const result = replayed(site, lines, clock('10:55:00'));
    expect(brief(result)).toEqual(['outage U restored']);
    expect(Date.parse(result.incidents[0]?.closedAt ?? '')).toBeGreaterThan(clock('10:30:00'));
    for (const { node, to } of result.interruptions) if (node === 'lift-1') near(to, '10:00:09', 12);
  });

  it('14: the UPS tests itself', () => {
    const site = made(v, {
      change: (file) => file.devices.push({ id: 'ups', profile: 'native', node: 'UPS1', interval_s: 10 }),
    });
    const lines = [
      ...field(site, v, '10:20:00'),
      event('ups', '10:00:01', { type: 'test_start' }),
      event('ups', '10:00:01.500', { type: 'on_battery' }),
      event('ups', '10:02:00', { type: 'on_mains' }),
      event('ups', '10:02:01', { type: 'test_end' }),
    ];
    expect(replayed(site, lines, clock('10:25:00')).incidents).toEqual([]);
  });

  it('15: announced work on a panel ends in time, another panel fails', () => {
    const site = made(v);
    const cuts = [cut('F2', '10:03:00', '10:28:00'), cut('F3', '10:10:00', '10:20:00')];
    const lines: Line[] = [
      {
        at: clock('09:51:00'),
        command: { type: 'planned', id: 'W', nodes: ['F2'], from: clock('10:00:00'), to: clock('10:30:00') },
      },
      ...field(site, v, '10:45:00', { cuts }),
    ];
    const result = replayed(site, lines, clock('10:50:00'));
    expect(result.incidents.map(({ root, planned, state }) => `${root} ${planned} ${state}`).sort()).toEqual([
      'F2 W restored',
      'F3 null restored',
    ]);
    expect(listed(result, 'F2')).toEqual(unitsBelow(site, 'F2'));
    expect(listed(result, 'F3')).toEqual(unitsBelow(site, 'F3'));
  });

  it('16: a gateway uploads readings of a loss that was over long ago', () => {
    const site = made(v, { gateways: true });
    const links = [{ gateway: 'GW2', from: clock('10:00:00'), to: clock('11:00:00') }];
    const last = unitsBelow(site, 'F').at(-1)?.replace('u-', 'm-') ?? '';
    const history = Array.from({ length: 60 }, (_, i) => {
      const volts = i >= 20 && i < 30 ? 0 : 230;
      const three = site.devices.find(({ id }) => id === last)?.phases === 'ABC';
      return {
        ts: clock('10:00:00') + i * 60_000,
        ...(three ? { voltage_a: volts, voltage_b: volts, voltage_c: volts } : { voltage: volts }),
      };
    });
    const lines: Line[] = [
      ...field(site, v, '11:10:00', { links }),
      { at: clock('11:00:30'), topic: `relight/s/${last}/history`, payload: history },
    ];
    const result = replayed(site, lines, clock('11:20:00'));
    expect(
      result.incidents.filter(({ kind, state }) => kind !== 'communication' && state === 'open'),
    ).toEqual([]);
    expect(result.notices.filter(({ audience }) => audience === 'owner')).toEqual([]);
    expect(result.interruptions).toMatchObject([
      { from: '2026-03-01T10:20:00.000Z', to: '2026-03-01T10:30:00.000Z' },
    ]);
  });

  it('17: every third clock is wrong, by minutes or by hours', () => {
    const site = made(v);
    const skew = (device: string) => [0, -7_200_000, 119_000][device.length % 3] ?? 0;
    const cuts = [cut('R3', '10:00:00', '10:14:00')];
    const result = replayed(site, field(site, v, '10:30:00', { cuts, skew }), clock('10:35:00'));
    expect(brief(result)).toEqual([`outage R3 restored`]);
    for (const { from, to } of result.interruptions) {
      near(from, '10:00:00', 5);
      near(to, '10:14:00', 5);
    }
  });

  it('18: everything comes twice, up to 90 s later', () => {
    const site = made(v);
    const lines = field(site, v, '10:25:00', {
      cuts: [cut('F4', '10:00:00', '10:03:00'), cut('u-K1-1', '10:01:00', '10:02:00')],
    });
    const again = lines.map((line, i) => ({ ...line, at: line.at + ((i * 7919) % 90_000) }));
    const once = replayed(site, lines, clock('10:35:00'));
    const twice = replayed(site, [...lines, ...again], clock('10:35:00'));
    expect(brief(twice)).toEqual(brief(once));
    expect(brief(twice).filter((text) => text.includes('F4'))).toEqual(['outage F4 restored']);
    expect(twice.interruptions.map(({ premises }) => premises)).toEqual(
      once.interruptions.map(({ premises }) => premises),
    );
  });

  it('19: three neighbours fail one by one while the fourth stays lit', () => {
    const site = made(v);
    const cuts = [
      cut('u-K2-1', '10:01:00', '10:20:00'),
      cut('u-K2-2', '10:05:30', '10:20:00'),
      cut('u-H2-3', '10:09:00', '10:20:00'),
    ];
    const result = replayed(site, field(site, v, '10:40:00', { cuts, gasp: 1 }), clock('10:45:00'));
    expect(result.incidents.map(({ root }) => root).sort()).toEqual(['u-H2-3', 'u-K2-1', 'u-K2-2']);
    expect(result.interruptions).toHaveLength(3);
  });

  it('20: a contactor chatters eight times, then stays open', () => {
    const site = made(v);
    const cuts = Array.from({ length: 8 }, (_, i) => ({
      node: 'R3',
      from: clock('10:00:00') + i * 25_000,
      to: clock('10:00:12') + i * 25_000,
    }));
    cuts.push({ node: 'R3', from: clock('10:03:30'), to: clock('10:25:00') });
    const lines = field(site, v, '10:50:00', { cuts, gaspSpread_ms: 1500, lateReturn_ms: 2000 });
    const result = replayed(site, lines, clock('11:00:00'));
    expect(brief(result)).toEqual(['outage R3 restored']);
    near(result.incidents[0]?.onset, '10:00:00', 2);
    expect(Date.parse(result.incidents[0]?.closedAt ?? '')).toBeGreaterThan(clock('10:25:30'));
  });
});

describe('cheap checks', () => {
  const steady: Variation = { name: '', site: { floors: 3, perFloor: 4 }, seed: 5, gasp: 0.6 };

  it('a meter that moves to another panel while dark leaves the old incident alone', () => {
    const site = made(steady);
    const lines: Line[] = [
      ...field(site, steady, '10:30:00', { cuts: [cut('F1', '10:00:00', '10:15:00')], gasp: 1 }),
      {
        at: clock('10:05:00'),
        command: {
          type: 'topology',
          nodes: [{ id: 'u-F1-2', kind: 'unit', fedBy: 'F2', phases: 'B', nominal_v: 230, premises: 'F1-2' }],
        },
      },
    ];
    const result = replayed(site, lines, clock('10:40:00'));
    expect(result.incidents.every(({ state }) => state !== 'open')).toBe(true);
    expect(
      result.incidents
        .filter(({ state }) => state !== 'retracted' && state !== 'merged')
        .map(({ root }) => root),
    ).toContain('F1');
    expect(new Set(result.interruptions.map(({ premises }) => premises)).size).toBe(4);
  });

  it('a message of another site on the same broker is refused and changes nothing', () => {
    const site = made(steady);
    const foreign = field(compound({ id: 'other', floors: 3, perFloor: 4 }), steady, '10:15:00', {
      cuts: [cut('R1', '10:00:00', null)],
      gasp: 1,
    });
    const result = replayed(site, [...field(site, steady, '10:15:00'), ...foreign], clock('10:20:00'));
    expect(result.incidents).toEqual([]);
    expect(result.refused).toEqual({ unknown_site: foreign.length });
  });

  it('a unit with two meters, one of them dead, has supply', () => {
    const site = made(steady, {
      change: (file) =>
        file.devices.push({ id: 'm2', profile: 'native', node: 'u-F1-1', phases: 'A', interval_s: 60 }),
    });
    const mute = [{ device: 'm2', from: clock('10:00:00'), to: null }];
    const lines = [
      ...field(site, steady, '10:20:00', { mute }),
      event('m2', '10:00:00.100', { type: 'power_lost' }),
    ];
    const result = replayed(site, lines, clock('10:20:00'));
    expect(result.interruptions).toEqual([]);
    expect(
      result.incidents.filter(({ state }) => state === 'open').filter(({ kind }) => kind === 'outage'),
    ).toEqual([]);
  });

  it('a board without a meter below it is never blamed, and does not hide its neighbour', () => {
    const site = made(steady, {
      change: (file) => {
        file.nodes.push(
          { id: 'F9', kind: 'breaker', fedBy: 'R1' },
          { id: 'u-F9-1', kind: 'unit', fedBy: 'F9' },
        );
      },
    });
    const lines = field(site, steady, '10:20:00', {
      cuts: [cut('F9', '10:00:00', null), cut('F1', '10:01:00', null)],
      gasp: 0.8,
    });
    const result = replayed(site, lines, clock('10:20:00'));
    expect(brief(result)).toEqual(['outage F1 open']);
  });

  it('a unit without a meter is inferred under a dark riser and comes back with its neighbours', () => {
    const site = made(steady, {
      change: (file) => file.nodes.push({ id: 'u-F2-9', kind: 'unit', fedBy: 'F2', phases: 'C' }),
    });
    const result = replayed(
      site,
      field(site, steady, '10:20:00', { cuts: [cut('R1', '10:00:00', '10:10:00')] }),
      clock('10:30:00'),
    );
    const unit = result.incidents[0]?.affected.find(({ node }) => node === 'u-F2-9');
    expect(unit?.basis).toBe('inferred');
    near(unit?.to, '10:10:00', 2);
  });

  it('a loop in the topology is refused', () => {
    expect(() =>
      compound({
        change: (file) => {
          const top = file.nodes.find(({ id }) => id === 'MDB-B');
          if (top !== undefined) top.fedBy = 'R3';
        },
      }),
    ).toThrow(/loop/);
  });

  it('a root with no sensor of its own names all it may be and is less sure', () => {
    const bare = (file: SiteFile) => {
      file.devices = file.devices.filter(({ id }) => !String(id).startsWith('a-'));
      file.nodes = file.nodes.filter(({ id }) => !/^(TX2|MDB-B|R3|K\d|u-K)/.test(String(id)));
      file.devices = file.devices.filter(({ id }) => !String(id).startsWith('m-K'));
      file.premises = file.premises.filter(({ id }) => !String(id).startsWith('K'));
      file.ties = [];
    };
    const site = made(steady, { change: bare });
    const result = replayed(site, field(site, steady, '10:06:00', { cuts: [cut('U', '10:00:00', null)] }));
    expect(result.incidents).toHaveLength(1);
    expect(result.incidents[0]?.candidates).toEqual(['U', 'TX1', 'MDB-A']);
    expect(result.incidents[0]?.confidence).toBeLessThan(0.9);
  });
});
