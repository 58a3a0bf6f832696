import { offsetOf } from '../detection/device-clock.ts';
import { pictureOf } from '../detection/voltage.ts';
import type { Telemetry } from '../readings/message.ts';
import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import { hearPast } from './listen.ts';
import type { World } from './world.ts';

const DAY_MS = 86_400_000;

interface DarkRun {
  readonly phases: PhaseMask;
  readonly since: Instant;
  readonly from: Instant;
  until: Instant;
}

/** Readings uploaded late amend what is known of the past. A run of dead readings counts once a live one ends it. */
export function hearHistory(
  world: World,
  device: number,
  readings: readonly Telemetry[],
  arrival: Instant,
): void {
  const sensor = world.sensors[device];
  const state = world.state.devices[device];
  if (sensor === undefined || state === undefined) return;
  const offset = Math.abs(offsetOf(state.clock)) <= DAY_MS ? offsetOf(state.clock) : 0;
  const nominal_v = world.current().network.nodes[sensor.node]?.nominal_v ?? world.site.site.nominal_v;
  let run: DarkRun | null = null;
  let live: Instant = 0;
  for (const reading of [...readings].sort((a, b) => a.ts - b.ts)) {
    const at = Math.min(reading.ts + offset, arrival);
    const picture = pictureOf(reading.fields, sensor.phases, nominal_v);
    if (picture === null || reading.fields.relay === 0 || picture.pattern !== 'none') continue;
    if (picture.dead !== 0 && run === null) {
      run = { phases: picture.dead, since: live === 0 ? at : live, from: at, until: 0 };
    } else if (run !== null && (picture.live & run.phases) === run.phases) {
      run.until = at;
      hearPast(world, device, run, arrival);
      run = null;
    }
    if (picture.live !== 0 && picture.dead === 0) live = at;
  }
}
