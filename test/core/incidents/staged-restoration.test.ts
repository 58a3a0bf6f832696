import { describe, expect, it } from 'vitest';
import { foldEvents } from '../../../cli/replay/fold.ts';
import { compound } from '../../support/compound.ts';
import { type FieldEvent, random } from '../../support/field.ts';
import { clock, PROFILES, toReplay } from '../../support/replayed.ts';

const LOST = clock('10:00:00');
const BACK = clock('10:10:00');
const UNITS = 45;
const site = compound({ floors: 9, perFloor: 5 });
const meters = site.devices.filter(({ node }) => node.startsWith('u-F'));
/** In an order that has nothing to do with the floors, so that whole panels stay dark for long. */
const shuffled = (seed: number) => {
  const chance = random(seed);
  return meters.map((meter) => ({ meter, rank: chance() })).sort((a, b) => a.rank - b.rank);
};
const byFloor = () => meters.map((meter) => ({ meter, rank: 0 }));

type Order = readonly { meter: (typeof meters)[number] }[];

/** Every unit of riser R1 loses supply at once, 80 % say so, and they come back one by one over thirty seconds. */
function course(order: Order, back: 'power_restored' | 'uptime' | 'mixed', seed: number) {
  const chance = random(seed);
  const backAt = new Map(
    order.map(({ meter }, i) => [meter.id, BACK + Math.round((i * 30_000) / (UNITS - 1))]),
  );
  const events: FieldEvent[] = [];
  const voltages = (phases: string) =>
    phases.length === 1 ? { voltage: 230 } : { voltage_a: 230, voltage_b: 230, voltage_c: 230 };
  for (const device of site.devices) {
    const topic = `relight/s/${device.id}`;
    const until = backAt.get(device.id);
    const phase = Math.floor(chance() * device.interval_s * 1000);
    for (let at = clock('09:57:00') + phase; at < clock('10:15:00'); at += device.interval_s * 1000) {
      if (until !== undefined && at >= LOST && at < until + 20_000) continue;
      const uptime_s = Math.floor((at - (until !== undefined && at > until ? until : 0)) / 1000);
      const payload = { ts: at, uptime_s, ...voltages(device.phases) };
      events.push({ at, topic: `${topic}/telemetry`, payload });
    }
    if (until === undefined) continue;
    if (chance() < 0.8) {
      const at = LOST + Math.floor(chance() * 3000);
      events.push({ at, topic: `${topic}/event`, payload: { ts: LOST + 200, type: 'power_lost' } });
    }
    const heard = until + 300 + Math.floor(chance() * 1500);
    const told = back === 'power_restored' || (back === 'mixed' && chance() < 0.5);
    events.push(
      told
        ? { at: heard, topic: `${topic}/event`, payload: { ts: until, type: 'power_restored' } }
        : {
            at: heard,
            topic: `${topic}/telemetry`,
            payload: { ts: heard, uptime_s: (heard - until) / 1000, ...voltages(device.phases) },
          },
    );
  }
  return { events, backAt };
}

describe('a riser of 45 units whose supply returns one by one over thirty seconds', () => {
  const orders: [string, Order][] = [
    ['from floor to floor', byFloor()],
    ['in any order', shuffled(11)],
  ];
  for (const [name, order] of orders) {
    for (const back of ['power_restored', 'uptime', 'mixed'] as const) {
      it(`stays one incident at the riser with every unit's own return (${back}, ${name})`, () => {
        expect(order).toHaveLength(UNITS);
        const { events, backAt } = course(order, back, 3);
        const lines = toReplay(events);
        for (const second of [6, 18, 29]) {
          const during = foldEvents(site, PROFILES, [...lines], BACK + second * 1000);
          expect(during.incidents.map(({ kind, root, state }) => `${kind} ${root} ${state}`)).toEqual([
            'outage R1 open',
          ]);
          expect(during.incidents[0]?.affected).toHaveLength(UNITS);
        }
        const { incidents, interruptions } = foldEvents(site, PROFILES, lines, clock('10:15:00'));
        expect(incidents.map(({ kind, root, state }) => `${kind} ${root} ${state}`)).toEqual([
          'outage R1 restored',
        ]);
        const [incident] = incidents;
        expect(
          incident?.timeline.filter(({ event, at }) => event === 'moved' && Date.parse(at) >= BACK),
        ).toEqual([]);
        expect(incident?.affected).toHaveLength(UNITS);
        for (const { node, to } of incident?.affected ?? []) {
          const until = backAt.get(`m-${node.slice(2)}`) ?? 0;
          expect(Math.abs(Date.parse(to ?? '') - until)).toBeLessThanOrEqual(1000);
        }
        expect(interruptions).toHaveLength(UNITS);
        expect(interruptions.every(({ to, causes }) => to !== null && causes.length === 1)).toBe(true);
        // The hold begins when enough of them are proven, at the latest with the last one.
        const closed = Date.parse(incident?.closedAt ?? '');
        expect(closed).toBeGreaterThanOrEqual(BACK + 60_000);
        expect(closed).toBeLessThanOrEqual(BACK + 30_000 + 2_000 + 62_000);
      });
    }
  }
});
