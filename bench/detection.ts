import { loadProfiles } from '../adapters/registry/load-profiles.ts';
import { parseSite } from '../contracts/site-file.ts';
import { createSiteEngine } from '../core/incidents/site-engine.ts';
import { type Bench, quantileOf } from './figures.ts';
import { fleetSite } from './fleet-site.ts';

const METERS = 100_000;
const CHANGES = 3_000;
const BLOCK = 100;
const AIM_US = 10;
const START = Date.parse('2026-01-01T00:00:00Z');

/** Microseconds per change of evidence on a large site: meters report loss and return in turn, a tick every simulated second. */
export const detection: Bench = {
  name: 'detection',
  async run(say) {
    const site = fleetSite(METERS);
    const parsed = parseSite(site.file);
    if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults.slice(0, 3)));
    let ordinal = 0;
    const engine = createSiteEngine(parsed.site, await loadProfiles(), () => `i${++ordinal}`);
    let at = START;
    const event = (device: string, type: 'power_lost' | 'power_restored') =>
      engine.apply({
        kind: 'message',
        at,
        stored: false,
        message: { kind: 'event', device, ts: at, deviceClock: true, type, phases: null },
      });

    const perChange: number[] = [];
    const ticks: number[] = [];
    for (let done = 0; done < CHANGES; done += BLOCK) {
      const began = performance.now();
      for (let i = 0; i < BLOCK; i += 2) {
        const device = `m${((done + i) * 7919) % METERS}`;
        event(device, 'power_lost');
        at += 1;
        event(device, 'power_restored');
      }
      perChange.push(((performance.now() - began) * 1000) / BLOCK);
      at += 1000 - (at % 1000);
      const tick = performance.now();
      engine.apply({ kind: 'tick', at });
      ticks.push(performance.now() - tick);
    }
    say(
      `detection: ticks p50 ${quantileOf(ticks, 0.5).toFixed(2)} ms, worst ${Math.max(...ticks).toFixed(1)} ms`,
    );

    // A storm: ten thousand meters of ten boards go dark within one second.
    const storm: number[] = [];
    at += 600_000;
    engine.apply({ kind: 'tick', at });
    for (let i = 0; i < 10_000; i += 1) {
      const began = performance.now();
      event(`m${i}`, 'power_lost');
      storm.push(performance.now() - began);
    }
    const verdicts: number[] = [];
    for (let second = 0; second < 20; second += 1) {
      at += 1000;
      const began = performance.now();
      engine.apply({ kind: 'tick', at });
      verdicts.push(performance.now() - began);
    }
    const median = quantileOf(perChange, 0.5);
    return [
      {
        name: `detection per change of evidence, ${METERS} meters, median`,
        value: `${median.toFixed(1)} µs`,
        aim: `${AIM_US} µs`,
        met: median <= AIM_US,
      },
      {
        name: 'storm of 10,000 meters: longest message',
        value: `${Math.max(...storm).toFixed(1)} ms`,
        aim: '50 ms',
        met: Math.max(...storm) <= 50,
      },
      {
        name: 'storm of 10,000 meters: longest tick',
        value: `${Math.max(...verdicts).toFixed(1)} ms`,
        aim: '50 ms',
        met: Math.max(...verdicts) <= 50,
      },
    ];
  },
};
