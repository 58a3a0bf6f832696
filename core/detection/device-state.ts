import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import { type DeviceClock, newClock } from './device-clock.ts';

/** What the engine remembers of one device. Plain data; 0 is "never". Instants are corrected event times unless said. */
export interface DeviceState {
  clock: DeviceClock;
  /** Arrival of its newest message that counts as a sign of life. */
  heard: Instant;
  /** The newest instant it spoke of. */
  spoke: Instant;
  /** When it began to speak again after it had not for longer than it should have. */
  resumed: Instant;
  /** Latest live voltage by phase. */
  lit: [Instant, Instant, Instant];
  /** Latest dark evidence by phase. */
  dark: [Instant, Instant, Instant];
  /** When it last started, as far as it said. */
  boot: Instant;
  failures: number;
  /** Phases ever measured above half voltage. */
  wired: PhaseMask;
  offline: boolean;
  silent: boolean;
  /** Silent while the site was heard: not our own deafness. */
  missed: boolean;
  relayOpen: boolean;
  testing: boolean;
}

export function newDeviceState(): DeviceState {
  return {
    clock: newClock(),
    heard: 0,
    spoke: 0,
    resumed: 0,
    lit: [0, 0, 0],
    dark: [0, 0, 0],
    boot: 0,
    failures: -1,
    wired: 0,
    offline: false,
    silent: false,
    missed: false,
    relayOpen: false,
    testing: false,
  };
}

/** The latest instant at which every one of the phases was live; 0 when one never was. */
export function litAt(state: DeviceState, phases: PhaseMask): Instant {
  let latest = Number.POSITIVE_INFINITY;
  if (phases & 1) latest = Math.min(latest, state.lit[0]);
  if (phases & 2) latest = Math.min(latest, state.lit[1]);
  if (phases & 4) latest = Math.min(latest, state.lit[2]);
  return latest === Number.POSITIVE_INFINITY ? 0 : latest;
}

/** The phases whose latest live instant lies before `at`. */
export function notLitSince(state: DeviceState, phases: PhaseMask, at: Instant): PhaseMask {
  return phases & ((state.lit[0] < at ? 1 : 0) | (state.lit[1] < at ? 2 : 0) | (state.lit[2] < at ? 4 : 0));
}

/** The phases without dark evidence after `at`. */
export function notDarkSince(state: DeviceState, at: Instant): PhaseMask {
  return (state.dark[0] > at ? 0 : 1) | (state.dark[1] > at ? 0 : 2) | (state.dark[2] > at ? 0 : 4);
}

export function noteLit(state: DeviceState, phases: PhaseMask, at: Instant): void {
  for (let i = 0; i < 3; i++) if ((phases >> i) & 1 && at > (state.lit[i] ?? 0)) state.lit[i] = at;
}

export function noteDark(state: DeviceState, phases: PhaseMask, at: Instant): void {
  for (let i = 0; i < 3; i++) if ((phases >> i) & 1 && at > (state.dark[i] ?? 0)) state.dark[i] = at;
}
