import type { NetworkNode } from '../core/topology/site.ts';
import type { Instant } from '../core/units/time.ts';
import { hashOf } from './chance.ts';

/** Watts by hour of the day. */
const HOME = [
  180, 150, 140, 130, 130, 150, 320, 520, 430, 300, 280, 340, 480, 380, 290, 280, 330, 560, 900, 980, 920,
  760, 520, 300,
];
const SHOP = [
  120, 110, 110, 110, 120, 150, 260, 700, 1400, 1900, 2100, 2300, 2400, 2300, 2200, 2200, 2300, 2400, 2500,
  2300, 1900, 1200, 500, 200,
];
const MACHINE = [
  1200, 900, 700, 600, 700, 1500, 3800, 6200, 5200, 3600, 3200, 3800, 4400, 3600, 3000, 3100, 3900, 5800,
  6600, 5600, 4400, 3400, 2400, 1600,
];

/** Appliances are switched every few minutes: the load holds for so long. */
const STEP_MS = 180_000;
const HOUR_MS = 3_600_000;

/** What one unit draws, as a function of its id and the time alone: the same after a restart of the simulator. */
export interface Load {
  /** Watts over all its phases. */
  power(at: Instant): number;
  readonly mean_w: number;
}

export function createLoad(unit: NetworkNode, offset_ms: number): Load {
  const seed = hashOf(unit.id);
  const curve = curveOf(unit);
  const size = 0.55 + unitShare(seed) * 0.9;
  return {
    mean_w: (size * curve.reduce((sum, w) => sum + w, 0)) / curve.length,
    power(at) {
      const hour = ((((at + offset_ms) / HOUR_MS) % 24) + 24) % 24;
      const before = curve[Math.floor(hour)] ?? 0;
      const after = curve[(Math.floor(hour) + 1) % 24] ?? 0;
      const base = before + (after - before) * (hour % 1);
      const wobble = 0.6 + 0.8 * unitShare(mix(seed, Math.floor(at / STEP_MS)));
      return base * size * wobble;
    },
  };
}

/** Where an energy counter stands when the simulator starts: as if the unit had drawn its mean power since 2024. */
export function energySince2024(load: Load, at: Instant): number {
  return (Math.max(0, at - Date.UTC(2024, 0, 1)) / HOUR_MS) * (load.mean_w / 1_000);
}

/** Milliseconds to add to UTC for the site's clock; taken once, as load curves need no exact summer time. */
export function zoneOffset(timeZone: string, at: Instant): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
  return local - Math.floor(at / 60_000) * 60_000;
}

function curveOf(unit: NetworkNode): readonly number[] {
  if (unit.phases.length > 1) return MACHINE;
  return unit.premises !== undefined && /^S/.test(unit.premises) ? SHOP : HOME;
}

function unitShare(hash: number): number {
  return (hash >>> 0) / 4_294_967_296;
}

function mix(a: number, b: number): number {
  let h = Math.imul(a ^ b, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
