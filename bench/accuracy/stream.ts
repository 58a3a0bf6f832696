import type { Profiles } from '../../core/readings/profile.ts';
import type { Device } from '../../core/topology/site.ts';
import { type FieldEvent, fieldEvents, type Habits } from '../../test/support/field.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import type { Course } from './course.ts';
import type { Grid } from './grid.ts';

/** A generator carries the emergency board after this long. */
export const STANDBY_MS = 8_000;

const SKEW_MS = 120_000;
const LATEST_MS = 120_000;
const SECOND_COPY_MS = 90_000;
const LATE_SHARE = 0.03;
const DOUBLE_SHARE = 0.03;

export interface Stream {
  readonly events: readonly FieldEvent[];
  /** Added to every ts of a device. */
  readonly skew: ReadonlyMap<string, number>;
}

/** All that arrives in the course of a course. */
export function streamOf(grid: Grid, course: Course, profiles: Profiles): Stream {
  const chance = seededRandom(course.seed * 40_503 + 7);
  const skew = new Map(grid.site.devices.map(({ id }) => [id, Math.round((2 * chance() - 1) * SKEW_MS)]));
  const habits = new Map(
    grid.site.devices.map((device) => [device.id, drawHabits(device, profiles, chance)]),
  );
  const events = fieldEvents(grid.site, {
    start: course.start,
    until: course.until,
    cuts: course.faults,
    links: course.links,
    mute: course.mutes,
    falseGasps: course.falseGasps,
    gasp: course.gasp,
    seed: course.seed,
    standby_ms: STANDBY_MS,
    skew: (device) => skew.get(device) ?? 0,
    habits: ({ id }) => habits.get(id) ?? STEADY,
  });
  return { events: disturbed(events, course.until, chance), skew };
}

const STEADY: Habits = {
  gasps: false,
  uptime: false,
  countsFailures: false,
  tellsReturn: false,
  returnDelay_ms: 1_000,
};

/** One in twenty takes minutes to be heard again, one in seven never gasps although its model could. */
function drawHabits({ profile }: Device, profiles: Profiles, chance: () => number): Habits {
  const traits = profiles.get(profile);
  const own = traits?.reportsUptime === true;
  const slow = chance();
  const spread = chance();
  const returnDelay_ms = Math.round(
    slow < 0.05 ? 180_000 + spread * 240_000 : slow < 0.25 ? 8_000 + spread * 52_000 : 500 + spread * 7_500,
  );
  return {
    gasps: traits?.lastGasp === true && chance() < 0.85,
    uptime: own,
    countsFailures: own && chance() < 0.3,
    tellsReturn: own && chance() < 0.4,
    returnDelay_ms,
  };
}

/** A network between field and broker: every message takes its time, some come late, some twice. Status words are the broker's own. */
function disturbed(events: readonly FieldEvent[], until: number, chance: () => number): FieldEvent[] {
  const out: FieldEvent[] = [];
  for (const event of events) {
    if (event.topic.endsWith('/status')) {
      out.push(event);
      continue;
    }
    const late = chance() < LATE_SHARE ? chance() * LATEST_MS : 0;
    const at = event.at + Math.round(50 + chance() * 1_200 + late);
    out.push({ ...event, at });
    if (chance() < DOUBLE_SHARE) out.push({ ...event, at: at + Math.round(chance() * SECOND_COPY_MS) });
  }
  return out.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
}
