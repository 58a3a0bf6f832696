import { describe, expect, it } from 'vitest';
import type { ReplayResult } from '../../cli/replay/fold.ts';
import type { Site } from '../../core/topology/site.ts';
import { compound } from '../support/compound.ts';
import { type Cut, type FieldEvent, type FieldOptions, fieldEvents } from '../support/field.ts';
import { clock, type Line, replayed } from '../support/replayed.ts';

const START = clock('09:50:00');

function field(site: Site, until: string, options: Omit<Partial<FieldOptions>, 'until'> = {}): FieldEvent[] {
  return fieldEvents(site, { start: START, until: clock(until), ...options });
}

function cut(node: string, from: string, to: string | null, more: Partial<Cut> = {}): Cut {
  return { node, from: clock(from), to: to === null ? null : clock(to), ...more };
}

function event(device: string, at: string, payload: object, sent = at): Line {
  return { at: clock(at), topic: `relight/s/${device}/event`, payload: { ts: clock(sent), ...payload } };
}

function reading(device: string, at: string, payload: object): Line {
  return { at: clock(at), topic: `relight/s/${device}/telemetry`, payload: { ts: clock(at), ...payload } };
}

function status(device: string, at: string, word: 'online' | 'offline', stored = false): Line {
  return { at: clock(at), topic: `relight/s/${device}/status`, payload: word, stored };
}

const brief = (result: ReplayResult) =>
  result.incidents.map(({ kind, root, state }) => `${kind} ${root} ${state}`).sort();
const nodesOf = (result: ReplayResult, index = 0) =>
  (result.incidents[index]?.affected ?? []).map(({ node }) => node).sort();
const unitsBelow = (site: Site, prefix: string) =>
  site.nodes
    .filter(({ kind, id }) => kind === 'unit' && id.startsWith(`u-${prefix}`))
    .map(({ id }) => id)
    .sort();
const find = (result: ReplayResult, root: string) =>
  result.incidents.find((incident) => incident.root === root);
const seeds = [1, 2, 3, 4, 5];

describe('adversarial scenarios', () => {
  it.each(seeds)('1: a riser trips while most meters stay silent (seed %i)', (seed) => {
    const site = compound();
    const result = replayed(
      site,
      field(site, '10:06:00', { cuts: [cut('R1', '10:00:00', null)], gaspSpread_ms: 8000, seed }),
    );
    expect(brief(result)).toEqual(['outage R1 open']);
    expect(result.incidents[0]?.rootSide).toBe('out');
    expect(nodesOf(result)).toEqual(unitsBelow(site, 'F'));
    expect(Date.parse(result.incidents[0]?.detectedAt ?? '')).toBeLessThanOrEqual(clock('10:00:20'));
  });

  it.each(seeds)('2: a gateway reboots (seed %i)', (seed) => {
    const site = compound({ gateways: true });
    const links = [{ gateway: 'GW1', from: clock('10:00:00'), to: clock('10:03:00'), wills: true }];
    const result = replayed(site, field(site, '10:15:00', { links, seed }));
    expect(brief(result)).toEqual(['communication GW1 restored']);
    expect(result.interruptions).toEqual([]);
    expect(
      result.notices.every(({ audience, stage }) => audience === 'staff' && stage.startsWith('link_')),
    ).toBe(true);
  });

  it.each(seeds)('3: a panel takes a gateway along (seed %i)', (seed) => {
    const site = compound({ gateways: true });
    const links = [{ gateway: 'GW1', from: clock('10:00:01'), to: clock('10:20:00'), wills: true }];
    const lines = [
      ...field(site, '10:12:00', { cuts: [cut('F3', '10:00:00', null)], gasp: 0, links, seed }),
      event('m-F3-1', '10:00:00.600', { type: 'power_lost' }),
      event('m-F3-3', '10:00:00.800', { type: 'power_lost' }),
    ];
    const result = replayed(site, lines);
    expect(brief(result)).toEqual(['outage F3 open']);
    expect(nodesOf(result)).toEqual(unitsBelow(site, 'F3'));
  });

  it('4: the broker restarts, and its store calls dead meters online', () => {
    const site = compound({ gateways: true });
    const mute = site.devices.map(({ id }) => ({
      device: id,
      from: clock('10:00:00'),
      to: clock('10:05:00'),
    }));
    const dead = new Set(['m-K1-1', 'm-K1-2', 'm-K1-3', 'm-K1-4']);
    const lines: Line[] = field(site, '10:15:00', { mute }).filter(
      ({ at, topic }) => at < clock('10:00:00') || ![...dead].some((id) => topic.includes(`/${id}/`)),
    );
    for (const { id } of site.devices)
      lines.push(status(id, '10:00:45', 'offline'), status(id, '10:02:00', 'online', true));
    const result = replayed(site, lines, clock('10:15:00'));
    expect(result.incidents.filter(({ kind }) => kind !== 'communication')).toEqual([]);
    expect(result.incidents[0]).toMatchObject({ kind: 'communication', root: 'site' });
    expect(result.notices.every(({ audience }) => audience === 'staff')).toBe(true);
  });

  it('5: an old will arrives after the new birth', () => {
    const site = compound();
    const lines = [
      ...field(site, '10:15:00'),
      status('m-F1-1', '10:00:30', 'online'),
      status('m-F1-1', '10:00:45', 'offline'),
    ];
    expect(replayed(site, lines, clock('10:15:00')).incidents).toEqual([]);
  });

  it('6: a recloser flickers three times', () => {
    const site = compound();
    const lines: Line[] = [...field(site, '10:15:00')];
    for (const second of ['02', '15', '38']) {
      lines.push(
        reading('a-MDB-A', `10:00:${second}.100`, { voltage_a: 0, voltage_b: 0, voltage_c: 0 }),
        event('m-F1-1', `10:00:${second}.300`, { type: 'power_lost' }),
        event('m-H2-2', `10:00:${second}.400`, { type: 'power_lost' }),
        reading('a-MDB-A', `10:00:${second}.990`, { voltage_a: 231, voltage_b: 230, voltage_c: 229 }),
        event('m-F1-1', `10:00:${second}.995`, { type: 'power_restored' }),
      );
    }
    const result = replayed(site, lines, clock('10:15:00'));
    expect(result.incidents.filter(({ momentary }) => !momentary)).toEqual([]);
    expect(result.incidents).toEqual([]);
    const unit = result.interruptions.find(({ premises }) => premises === 'F1-1');
    expect(unit).toMatchObject({ operations: 3, momentary: true });
    expect(result.notices).toEqual([]);
  });

  it.each(seeds)('7: one phase is lost on a board, held up by motors (seed %i)', (seed) => {
    const site = compound();
    const onB = (id: string) => /-2$/.test(id) && /^m-[FH]/.test(id);
    const voltages = (device: string, at: number) =>
      at < clock('10:00:00')
        ? undefined
        : device === 'a-MDB-A' || device === 'a-R1'
          ? { voltage_a: 231, voltage_b: 38, voltage_c: 229 }
          : undefined;
    const mute = site.devices
      .filter(({ id }) => onB(id))
      .map(({ id }) => ({ device: id, from: clock('10:00:00'), to: null }));
    const lines: Line[] = field(site, '10:10:00', { voltages, mute, seed });
    for (const { id } of site.devices)
      if (onB(id) && (id.length + seed) % 2 === 0) lines.push(event(id, '10:00:01', { type: 'power_lost' }));
    const result = replayed(site, lines, clock('10:10:00'));
    expect(brief(result)).toEqual(['partial MDB-A open']);
    expect(result.incidents[0]?.phases).toBe('B');
    const affected = result.incidents[0]?.affected ?? [];
    expect(affected.filter(({ node }) => onB(node.replace('u-', 'm-')))).toHaveLength(20);
    expect(affected.every(({ phases }) => phases === 'B')).toBe(true);
  });

  it('8: a fuse blows on the high side of a transformer', () => {
    const site = compound();
    const voltages = (device: string, at: number) => {
      if (at < clock('10:00:00') || at > clock('10:20:00')) return undefined;
      if (device === 'a-MDB-A' || device === 'a-R1')
        return { voltage_a: 118, voltage_b: 231, voltage_c: 116 };
      const phase = /^m-[FH]\d+-(\d)$/.exec(device)?.[1];
      return phase === undefined ? undefined : { voltage: phase === '2' ? 231 : 117 };
    };
    const result = replayed(site, field(site, '10:30:00', { voltages }), clock('10:40:00'));
    expect(brief(result)).toEqual(['partial TX1 restored']);
    expect(result.incidents[0]).toMatchObject({ rootSide: 'in', phases: 'AC' });
    expect(result.interruptions).toEqual([]);
  });

  it('9: a neutral breaks', () => {
    const site = compound({
      change: (file) => file.devices.push({ id: 'a-F7', profile: 'native', node: 'F7', interval_s: 10 }),
    });
    const voltages = (device: string, at: number) => {
      if (at < clock('10:00:00')) return undefined;
      if (device === 'a-F7') {
        return {
          voltage_a: 312,
          voltage_b: 148,
          voltage_c: 262,
          voltage_ab: 400,
          voltage_bc: 399,
          voltage_ca: 401,
        };
      }
      const flat = /^m-F7-(\d)$/.exec(device)?.[1];
      return flat === undefined
        ? undefined
        : { voltage: { '1': 312, '2': 148, '3': 262, '4': 312 }[flat] ?? 230 };
    };
    const result = replayed(site, field(site, '10:10:00', { voltages }), clock('10:10:00'));
    expect(brief(result)).toEqual(['safety F7 open']);
    expect(result.interruptions).toEqual([]);
    expect(result.notices.map(({ stage }) => stage)).toEqual(['danger']);
  });

  it.each(seeds)('10: a panel burns while everything is dark (seed %i)', (seed) => {
    const site = compound();
    const cuts = [cut('U', '10:00:00', '10:40:00'), cut('F5', '10:00:00', null)];
    const lines: Line[] = [
      ...field(site, '10:55:00', { cuts, seed, gasp: 0.5 }),
      event('m-F5-2', '10:00:01', { type: 'power_lost' }),
    ];
    const result = replayed(site, lines, clock('10:55:00'));
    expect(brief(result)).toEqual(['outage F5 open', 'outage U restored']);
    const nested = find(result, 'F5');
    expect(nested).toMatchObject({ nestedOf: find(result, 'U')?.id });
    expect((nested?.affected ?? []).map(({ node }) => node).sort()).toEqual(unitsBelow(site, 'F5'));
    expect(find(result, 'U')?.affected.every(({ to }) => to !== null)).toBe(true);
    const dark = result.interruptions.filter(({ to }) => to === null).map(({ premises }) => premises);
    expect(dark.sort()).toEqual(['F5-1', 'F5-2', 'F5-3', 'F5-4']);
    expect(result.interruptions).toHaveLength(121);
  });

  it.each(seeds)('11: a panel trips, later the rest of its riser (seed %i)', (seed) => {
    const site = compound({
      change: (file) =>
        file.devices.push({
          id: 'a-R1-out',
          profile: 'native',
          node: 'R1',
          side: 'out',
          interval_s: 10,
          poweredBy: 'UPS1',
        }),
    });
    const cuts = [cut('F1', '10:00:00', null), cut('R1', '10:40:00', null)];
    const lines = [
      ...field(site, '10:50:00', { cuts, seed, gasp: 0.5 }),
      event('m-F1-2', '10:00:01', { type: 'power_lost' }),
      event('m-F1-3', '10:00:01', { type: 'power_lost' }),
    ];
    const result = replayed(site, lines, clock('10:50:00'));
    expect(brief(result)).toEqual(['outage F1 open', 'outage R1 open']);
    expect(find(result, 'F1')?.nestedOf).toBe(find(result, 'R1')?.id);
    expect(find(result, 'R1')?.affected).toHaveLength(36);
    for (const { premises, from, causes } of result.interruptions) {
      const early = premises?.startsWith('F1-') === true;
      expect(Math.abs(Date.parse(from) - clock(early ? '10:00:00' : '10:40:00'))).toBeLessThan(12_000);
      expect(causes).toHaveLength(early ? 2 : 1);
    }
    expect(result.interruptions).toHaveLength(40);
  });

  it.each(seeds)(
    '12: a transformer is lost and its risers come back one after the other (seed %i)',
    (seed) => {
      const site = compound();
      const cuts = [
        cut('R1', '10:00:00', '10:30:00', { side: 'in' }),
        cut('R2', '10:00:00', '11:10:00', { side: 'in' }),
        cut('EMDB', '10:00:00', '11:10:00', { side: 'in' }),
        cut('MDB-A', '10:00:00', '10:30:00', { side: 'in' }),
      ];
      const lines: Line[] = [
        ...field(site, '11:25:00', { cuts: cuts.filter(({ node }) => node !== 'EMDB'), seed }),
        { at: clock('10:30:00'), command: { type: 'tie', id: 'TIE', closed: true } },
      ];
      const result = replayed(site, lines, clock('11:25:00'));
      expect(brief(result)).toEqual(['outage TX1 restored']);
      for (const { premises, to } of result.interruptions) {
        if (premises === undefined) continue;
        const expected = premises.startsWith('F') ? '10:30:00' : '11:10:00';
        expect(Math.abs(Date.parse(to ?? '') - clock(expected))).toBeLessThan(2000);
      }
    },
  );

  it.each(seeds)('13: the generator carries the emergency board (seed %i)', (seed) => {
    const site = compound({
      change: (file) => {
        file.devices.push(
          { id: 'g', profile: 'native', node: 'G1', interval_s: 10, poweredBy: 'UPS1' },
          { id: 'ups', profile: 'native', node: 'UPS1', interval_s: 10 },
        );
      },
    });
    const cuts = [
      cut('TX1', '10:00:00', '10:40:00', { side: 'in' }),
      cut('TX2', '10:00:00', '10:40:00', { side: 'in' }),
    ];
    const own = new Set(['m-lift-1', 'ups', 'g']);
    const lines: Line[] = [
      ...field(site, '10:55:00', { cuts, seed }).filter(({ topic }) => !own.has(topic.split('/')[2] ?? '')),
      ...field(site, '10:55:00', { seed }).filter(
        ({ topic, at }) => topic.includes('m-lift-1') && (at < clock('10:00:00') || at > clock('10:00:08')),
      ),
      event('ups', '10:00:00.500', { type: 'on_battery' }),
      event('m-lift-1', '10:00:00.400', { type: 'power_lost' }),
      reading('g', '10:00:05', { running: 1, mode: 'auto', voltage_a: 230, voltage_b: 230, voltage_c: 230 }),
      event('m-lift-1', '10:00:08', { type: 'power_restored' }),
      event('ups', '10:00:08.500', { type: 'on_mains' }),
    ];
    const result = replayed(site, lines, clock('10:55:00'));
    expect(brief(result)).toEqual(['outage U restored']);
    expect(Date.parse(result.incidents[0]?.closedAt ?? '')).toBeGreaterThan(clock('10:40:00'));
    expect(result.interruptions.find(({ node }) => node === 'lift-1')).toMatchObject({ momentary: true });
  });

  it('14: the generator and the UPS are tested', () => {
    const site = compound({
      change: (file) => {
        file.devices.push(
          { id: 'g', profile: 'native', node: 'G1', interval_s: 10, poweredBy: 'UPS1' },
          { id: 'ups', profile: 'native', node: 'UPS1', interval_s: 10 },
        );
      },
    });
    const lines: Line[] = [
      ...field(site, '10:30:00').filter(({ topic }) => !/\/(g|ups)\//.test(topic)),
      reading('g', '10:00:00', { running: 1, mode: 'test', voltage_a: 230, voltage_b: 230, voltage_c: 230 }),
      { at: clock('10:00:05'), command: { type: 'transfer', id: 'ATS1', to: 'alternate' } },
      event('ups', '10:00:01', { type: 'test_start' }),
      event('ups', '10:00:02', { type: 'on_battery' }),
      event('ups', '10:00:30', { type: 'on_mains' }),
      event('ups', '10:00:31', { type: 'test_end' }),
      { at: clock('10:10:00'), command: { type: 'transfer', id: 'ATS1', to: 'normal' } },
      reading('g', '10:10:05', { running: 0, mode: 'auto', voltage_a: 0, voltage_b: 0, voltage_c: 0 }),
    ];
    const result = replayed(site, lines, clock('10:30:00'));
    expect(result.incidents).toEqual([]);
    expect(result.interruptions).toEqual([]);
  });

  it.each(seeds)('15: announced work begins early, overruns, and is not the only fault (seed %i)', (seed) => {
    const site = compound();
    const cuts = [cut('R2', '12:52:00', '15:40:00'), cut('K2', '13:10:00', '13:50:00')];
    const lines: Line[] = [
      {
        at: clock('12:00:00'),
        command: { type: 'planned', id: 'W1', nodes: ['R2'], from: clock('13:00:00'), to: clock('15:00:00') },
      },
      ...fieldEvents(site, { start: clock('12:30:00'), until: clock('15:55:00'), cuts, seed }),
    ];
    const result = replayed(site, lines, clock('16:00:00'));
    expect(brief(result)).toEqual(['outage K2 restored', 'outage R2 restored', 'outage R2 restored']);
    const planned = result.incidents.find((one) => one.planned === 'W1');
    const overrun = result.incidents.find((one) => one.root === 'R2' && one.planned === null);
    expect(overrun).toMatchObject({ nestedOf: planned?.id, onset: '2026-03-01T15:00:00.000Z' });
    expect(find(result, 'K2')?.planned).toBeNull();
    expect(result.interruptions.filter(({ premises }) => premises?.startsWith('H'))).toHaveLength(40);
    expect(
      result.notices.some(({ audience, incident }) => audience === 'owner' && incident === planned?.id),
    ).toBe(false);
  });

  it('16: a gateway uploads an old outage', () => {
    const site = compound({ gateways: true });
    const links = [{ gateway: 'GW1', from: clock('10:00:00'), to: clock('12:00:00') }];
    const history = Array.from({ length: 120 }, (_, i) => ({
      ts: clock('10:00:00') + i * 60_000,
      voltage: i >= 65 && i < 80 ? 0 : 230,
    }));
    const lines: Line[] = [
      ...field(site, '12:10:00', { links }),
      { at: clock('12:00:20'), topic: 'relight/s/m-F1-1/history', payload: history },
    ];
    const result = replayed(site, lines, clock('12:20:00'));
    expect(result.incidents.filter(({ kind, state }) => kind === 'outage' && state === 'open')).toEqual([]);
    expect(result.notices.filter(({ audience }) => audience === 'owner')).toEqual([]);
    expect(result.interruptions).toMatchObject([
      { premises: 'F1-1', from: '2026-03-01T11:05:00.000Z', to: '2026-03-01T11:20:00.000Z' },
    ]);
  });

  it.each(seeds)('17: clocks are an hour ahead or never set (seed %i)', (seed) => {
    const site = compound();
    const skew = (device: string) =>
      device.startsWith('m-F2') ? 3_600_000 : device.startsWith('m-F4') ? -90_000 : 0;
    const lines = field(site, '10:45:00', { cuts: [cut('R1', '10:00:00', '10:30:00')], skew, seed });
    const unset: Line[] = lines.map((line) =>
      line.topic.includes('m-F6-1') && line.at > clock('10:30:00') && line.at < clock('10:30:50')
        ? { ...line, payload: { ...(line.payload as object), ts: 12_345 } }
        : line,
    );
    const result = replayed(site, unset, clock('10:50:00'));
    expect(brief(result)).toEqual(['outage R1 restored']);
    for (const { from, to } of result.interruptions) {
      expect(Math.abs(Date.parse(from) - clock('10:00:00'))).toBeLessThan(5000);
      expect(Math.abs(Date.parse(to ?? '') - clock('10:30:00'))).toBeLessThan(5000);
    }
  });

  it.each(seeds)('18: every gasp comes three times, once after the return (seed %i)', (seed) => {
    const site = compound();
    const lines = field(site, '10:20:00', { cuts: [cut('R1', '10:00:00', '10:01:00')], seed });
    const gasps = lines.filter(({ topic }) => topic.endsWith('/event'));
    const again = [
      ...gasps.map((line) => ({ ...line, at: line.at + 20_000 })),
      ...gasps.map((line) => ({ ...line, at: line.at + 90_000 })),
    ];
    const result = replayed(site, [...lines, ...again], clock('10:30:00'));
    expect(brief(result)).toEqual(['outage R1 restored']);
    expect(result.incidents[0]?.flaps).toBe(0);
    expect(result.interruptions).toHaveLength(40);
  });

  it('19: a customer opens the relay, and three neighbours fail one by one', () => {
    const site = compound();
    const voltages = (device: string, at: number) =>
      device === 'm-F2-1' && at >= clock('10:00:00') && at < clock('10:20:00')
        ? { voltage: 0, relay: 0 }
        : device === 'm-F2-1'
          ? { voltage: 230, relay: 1 }
          : undefined;
    const cuts = [
      cut('u-F3-1', '10:01:00', '10:15:00'),
      cut('u-F3-2', '10:04:00', '10:15:00'),
      cut('u-F3-3', '10:08:00', '10:15:00'),
    ];
    const result = replayed(site, field(site, '10:30:00', { voltages, cuts, gasp: 1 }), clock('10:40:00'));
    expect(brief(result)).toEqual([
      'customer u-F2-1 restored',
      'outage u-F3-1 restored',
      'outage u-F3-2 restored',
      'outage u-F3-3 restored',
    ]);
    expect(result.interruptions.map(({ premises }) => premises).sort()).toEqual(['F3-1', 'F3-2', 'F3-3']);
  });

  it.each(seeds)(
    '20: a contactor chatters, then stays open, beside an islanded inverter (seed %i)',
    (seed) => {
      const site = compound({
        change: (file) => {
          const pv = file.devices.find(({ id }) => id === 'm-F8-1');
          if (pv !== undefined) pv.backfeed = true;
        },
      });
      const cuts = Array.from({ length: 20 }, (_, i) => ({
        node: 'R1',
        from: clock('10:00:00') + i * 18_000,
        to: clock('10:00:09') + i * 18_000,
      }));
      cuts.push({ node: 'R1', from: clock('10:06:00'), to: clock('10:40:00') });
      const quiet = site.devices
        .filter((_, i) => i % 3 === 1)
        .map(({ id }) => ({ device: id, from: clock('10:40:00'), to: clock('10:50:00') }));
      const lines = field(site, '11:10:00', {
        cuts,
        seed,
        gaspSpread_ms: 1500,
        mute: quiet.filter(({ device }) => device.startsWith('m-F')),
        lateReturn_ms: 2000,
      });
      const result = replayed(site, lines, clock('11:20:00'));
      expect(brief(result)).toEqual(['outage R1 restored']);
      const [incident] = result.incidents;
      expect(Math.abs(Date.parse(incident?.onset ?? '') - clock('10:00:00'))).toBeLessThan(2000);
      expect(incident?.flaps).toBeGreaterThan(3);
      expect(Date.parse(incident?.closedAt ?? '')).toBeGreaterThan(clock('10:41:00'));
      expect(incident?.affected.find(({ node }) => node === 'u-F8-1')?.basis).toBe('unknown');
    },
  );
});
