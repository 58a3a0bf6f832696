import { maskOf } from '../../core/units/phases.ts';
import type { Instant } from '../../core/units/time.ts';
import { lossesAt } from '../../test/support/supply.ts';
import type { Course, Fault } from './course.ts';
import type { Grid } from './grid.ts';
import { STANDBY_MS, type Stream } from './stream.ts';

export interface Darkness {
  readonly from: Instant;
  readonly to: Instant;
  readonly phases: number;
}

/** When each unit was truly dark, touching spells joined. */
export function darkUnits(grid: Grid, course: Course): Map<string, Darkness[]> {
  const dark = new Map<string, Darkness[]>();
  for (const { id, kind, phases } of grid.site.nodes) {
    if (kind !== 'unit') continue;
    const mask = maskOf(phases);
    const spells = lossesAt(grid.site, course.faults, id, 'out', STANDBY_MS)
      .map((cut) => ({
        from: cut.from,
        to: cut.to ?? course.until,
        phases: mask & maskOf(cut.phases ?? 'ABC'),
      }))
      .filter((spell) => spell.phases !== 0)
      .sort((a, b) => a.from - b.from);
    const joined: Darkness[] = [];
    for (const spell of spells) {
      const last = joined.at(-1);
      if (last === undefined || spell.from > last.to) joined.push(spell);
      else {
        joined[joined.length - 1] = {
          from: last.from,
          to: Math.max(last.to, spell.to),
          phases: last.phases | spell.phases,
        };
      }
    }
    if (joined.length > 0) dark.set(id, joined);
  }
  return dark;
}

/** What the messages can show of a fault at all. */
export interface Trace {
  /** Arrival of the first report while it lasted; 0 when nobody reported it. */
  readonly reportedAt: Instant;
  /** Some message shows that it was: a report, or a device that says afterwards that it had been without supply. */
  readonly any: boolean;
}

/** An uptime is cut to seconds. */
const START_SLACK_MS = 2_000;

export function traceOf(grid: Grid, course: Course, stream: Stream, fault: Fault): Trace {
  const below = new Set(grid.devicesIn(grid.signature(fault.node, fault.side, fault.phases)));
  const known = new Set<string>();
  let reportedAt = 0;
  let any = false;
  const mask = maskOf(fault.phases);
  for (const { at, topic, payload } of stream.events) {
    const device = topic.split('/')[2] ?? '';
    if (!below.has(device) || typeof payload !== 'object' || payload === null) continue;
    const message = payload as Record<string, unknown>;
    const ts = Number(message.ts) - (stream.skew.get(device) ?? 0);
    if (ts < fault.from) {
      known.add(device);
      continue;
    }
    const reports = message.type === 'power_lost' ? !isFalse(course, device, ts) : readsDead(message, mask);
    if (reports && ts < fault.to && at < fault.to) {
      if (reportedAt === 0) reportedAt = at;
      any = true;
    }
    if (ts < fault.to - START_SLACK_MS || !known.has(device)) continue;
    const restarted =
      message.type === 'power_restored' ||
      (typeof message.uptime_s === 'number' &&
        Math.abs(ts - 1000 * message.uptime_s - fault.to) <= START_SLACK_MS);
    if (restarted) any = true;
  }
  return { reportedAt, any };
}

function isFalse(course: Course, device: string, ts: Instant): boolean {
  return course.falseGasps.some((gasp) => gasp.device === device && Math.abs(gasp.at - ts) < 1_000);
}

function readsDead(message: Record<string, unknown>, mask: number): boolean {
  if (message.running !== undefined) return false;
  const dead = (field: string) => typeof message[field] === 'number' && message[field] < 20;
  return (
    dead('voltage') ||
    (dead('voltage_a') && (mask & 1) !== 0) ||
    (dead('voltage_b') && (mask & 2) !== 0) ||
    (dead('voltage_c') && (mask & 4) !== 0)
  );
}
