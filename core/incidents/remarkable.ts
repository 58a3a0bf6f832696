import { darkPhases } from '../detection/claim.ts';
import { offsetOf } from '../detection/device-clock.ts';
import type { DeviceState } from '../detection/device-state.ts';
import type { Testimony } from '../detection/testimony.ts';
import type { DeviceEvent, Telemetry } from '../readings/message.ts';
import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import { roleOf } from './listen.ts';
import type { World } from './world.ts';

/** The start of a device wanders by its uptime being cut to seconds and by the clock correction. */
const RESTART_SLACK_MS = 1_000;

/** Until it is known better a message is worth keeping, also when judging it fails halfway. */
export function beginNote({ heard, state }: World, at: Instant): void {
  heard.worth = 'remarkable';
  heard.skew_ms = null;
  heard.at = at;
  heard.boot = 0;
  heard.lit = 0;
  heard.bursts = state.ordinals.burst;
}

/** The offset by which a message with a clock of its own was put on ours. */
export function noteClock(
  { heard }: World,
  state: DeviceState,
  { ts, deviceClock }: Pick<Telemetry | DeviceEvent, 'ts' | 'deviceClock'>,
): void {
  if (!deviceClock) return;
  heard.skew_ms = offsetOf(state.clock);
  heard.at = ts + heard.skew_ms;
}

/** Past readings are put on our clock by the offset of the live ones, if there were any. */
export function noteHistoryClock({ heard }: World, { clock }: DeviceState): void {
  if (clock.low !== null || clock.lowBefore !== null) heard.skew_ms = offsetOf(clock);
}

/** How a device stood before its reading was listened to. */
export interface Before {
  readonly gap: boolean;
  readonly spoke: Instant;
  readonly boot: Instant;
  readonly failures: number;
  readonly wired: PhaseMask;
  readonly testing: boolean;
}

export function beforeReading(world: World, device: number, state: DeviceState): Before {
  const { spoke, boot, failures, wired, testing, silent, offline, missed } = state;
  const gap = state.heard === 0 || silent || offline || missed || world.state.patterns.has(device);
  return { gap, spoke, boot, failures, wired, testing };
}

/**
 * Whether a live reading may still tell something: to a loss that has no final word of this device, to one whose units
 * are judged by the boards above them, or to a person's entry.
 */
export function isAwaited(world: World, device: number, testimonies: readonly Testimony[]): boolean {
  const { bursts, incidents } = world.state;
  if (bursts.length === 0 && incidents.length === 0) return false;
  const sensor = world.sensors[device];
  if (sensor === undefined || sensor.node < 0 || sensor.device.backfeed || !sensor.device.inService)
    return false;
  const lit = litOf(testimonies);
  if (lit === 0) return false;
  const unit = world.metersOf.has(sensor.node);
  for (const burst of bursts) {
    if (burst.past) continue;
    const claim = burst.claims.get(device);
    if (!unit || claim === undefined || (claim.until === 0 && (claim.lit & lit) !== lit)) return true;
  }
  return incidents.some(
    ({ byHand, state, rounds }) =>
      byHand && state === 'open' && rounds.some(({ units }) => units.get(sensor.node)?.until === 0),
  );
}

/** Changes when a claim of the device does. */
export function claimPrint({ state }: World, device: number): number {
  let print = 0;
  for (const burst of state.bursts) {
    const claim = burst.claims.get(device);
    if (claim !== undefined) print += claim.until + claim.lit + 8 * darkPhases(claim);
  }
  return print;
}

export function noteReading(
  world: World,
  device: number,
  message: Telemetry,
  testimonies: readonly Testimony[],
  before: Before,
  /** It woke a link, was awaited, or changed a claim. */
  counted: boolean,
): void {
  const { heard } = world;
  const state = world.state.devices[device];
  if (state === undefined) return;
  noteClock(world, state, message);
  heard.boot = message.uptime_s === undefined ? 0 : state.boot;
  heard.lit = litOf(testimonies);
  heard.bursts = world.state.ordinals.burst;
  const alive = state.spoke > before.spoke;
  const endsGap = before.gap && (alive || testimonies.length > 0);
  const remarkable =
    counted ||
    endsGap ||
    hasChanged(state, before) ||
    testimonies.some((testimony) => isTelling(world, device, testimony));
  if (!remarkable) heard.worth = alive ? 'live' : 'nothing';
}

function hasChanged(state: DeviceState, before: Before): boolean {
  return (
    state.boot > before.boot + RESTART_SLACK_MS ||
    state.failures !== before.failures ||
    state.wired !== before.wired ||
    state.testing !== before.testing
  );
}

/** Says something by itself, whoever else spoke before. */
function isTelling(world: World, device: number, testimony: Testimony): boolean {
  switch (testimony.says) {
    case 'lit':
      return false;
    case 'pattern':
      return testimony.pattern !== 'none';
    case 'dark':
      return roleOf(world, device, testimony.role).some((index) => {
        const sensor = world.sensors[index];
        return sensor !== undefined && sensor.node >= 0 && sensor.device.inService;
      });
    case 'contact':
    case 'relay':
      return true;
  }
}

function litOf(testimonies: readonly Testimony[]): PhaseMask {
  return testimonies.reduce<PhaseMask>(
    (lit, testimony) => (testimony.says === 'lit' ? lit | testimony.phases : lit),
    0,
  );
}
