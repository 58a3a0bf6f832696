import { existsSync, readFileSync } from 'node:fs';
import { cpu_ms, driveEngine } from './engine-drive.ts';
import { type Figure, quantileOf } from './figures.ts';
import { fleetSite } from './fleet-site.ts';

const METERS = 100_000;
const CHANGES = 12_000;
const BLOCK = 100;
const AIM_US = 10;
/** 55 meters behind chains of cable, 103 nodes deep in the median; not part of the repository. */
const DEEP = new URL('../../shared/data/networks/ieee-european-lv.site.json', import.meta.url);
const OUTAGES = 120;
/** Share of a run in which the code is still being compiled; figures are those of the rest. */
const WARM_UP = 1 / 3;
/** Long enough for the engine to forget the outage before. */
const APART_S = 1_500;

/** Meters of a large site report loss and return in turn, a tick every simulated second. */
export async function measureWide(say: (text: string) => void): Promise<Figure> {
  const drive = await driveEngine(fleetSite(METERS).file, false);
  const perChange: number[] = [];
  const ticks: number[] = [];
  for (let done = 0; done < CHANGES; done += BLOCK) {
    const began = cpu_ms();
    for (let i = 0; i < BLOCK; i += 2) {
      const device = `m${((done + i) * 7919) % METERS}`;
      drive.event(device, 'power_lost');
      drive.wait(1);
      drive.event(device, 'power_restored');
    }
    perChange.push(((cpu_ms() - began) * 1000) / BLOCK);
    drive.tick();
    ticks.push(drive.longest().tick);
  }
  say(
    `${METERS} meters, blinks: ticks p50 ${quantileOf(ticks, 0.5).toFixed(2)} ms, worst ${Math.max(...ticks).toFixed(1)} ms`,
  );
  return figureOf(`${METERS} meters`, perChange);
}

/** A deep network goes dark as a whole and comes back, again and again. Null when it is not at hand. */
export async function measureDeep(say: (text: string) => void): Promise<Figure | null> {
  if (!existsSync(DEEP)) {
    say(`skipped: the European LV network is not at ${DEEP.pathname}`);
    return null;
  }
  const drive = await driveEngine(JSON.parse(readFileSync(DEEP, 'utf8')), false);
  const devices = drive.site.devices.map(({ id }) => id);
  const perChange: number[] = [];
  const ticks: number[] = [];
  const pass = (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) drive.tick();
    ticks.push(drive.longest().tick);
  };
  const report = (type: 'power_lost' | 'power_restored') => {
    const began = cpu_ms();
    for (const device of devices) {
      drive.wait(5);
      drive.event(device, type);
    }
    perChange.push(((cpu_ms() - began) * 1000) / devices.length);
  };
  for (let outage = 0; outage < OUTAGES; outage += 1) {
    for (const device of devices) drive.telemetry(device);
    pass(10);
    report('power_lost');
    pass(60);
    report('power_restored');
    pass(APART_S);
  }
  say(`European LV, outages: worst ticks p50 ${quantileOf(ticks, 0.5).toFixed(2)} ms`);
  return figureOf('European LV', perChange);
}

function figureOf(where: string, perChange: readonly number[]): Figure {
  const warm = perChange.slice(Math.floor(perChange.length * WARM_UP));
  const median = quantileOf(warm, 0.5);
  return {
    name: `detection per change of evidence, ${where}, median`,
    value: `${median.toFixed(1)} µs (p90 ${quantileOf(warm, 0.9).toFixed(1)})`,
    aim: `${AIM_US} µs`,
    met: median <= AIM_US,
  };
}
