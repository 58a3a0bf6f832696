import type { DeviceEvent, Telemetry } from '../readings/message.ts';
import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import { correct } from './device-clock.ts';
import { type DeviceState, notDarkSince, notLitSince } from './device-state.ts';
import type { Sensor, SensorRole } from './sensors.ts';
import { pictureOf } from './voltage.ts';
import type { EvidenceKind } from './weights.ts';

/** What one message says about supply, in event time. */
export type Testimony =
  | {
      readonly says: 'dark';
      readonly role: SensorRole;
      readonly kind: EvidenceKind;
      readonly phases: PhaseMask;
      /** The instant of the evidence. */
      readonly at: Instant;
      /** Last live instant before it: the loss lies in between. */
      readonly since: Instant;
      /** Supply is known to have been back from here on. */
      readonly until?: Instant;
      /** The instant of the message that says so, where it is another. */
      readonly saidAt?: Instant;
      /** Phases that the same reading shows to be live: they are no part of this loss. */
      readonly besides?: PhaseMask;
    }
  | {
      readonly says: 'lit';
      readonly role: SensorRole;
      readonly phases: PhaseMask;
      readonly at: Instant;
      /** Earliest instant at which supply is proven. */
      readonly proof: Instant;
      /** Running without a break since here; 0 when it cannot say. */
      readonly upSince: Instant;
      /** The device said in so many words that power returned. */
      readonly explicit: boolean;
      /** It had not spoken for longer than it should have until then, not long ago: it may have been dark before; 0 for none. */
      readonly gapUntil: Instant;
    }
  | {
      readonly says: 'pattern';
      readonly pattern: 'open_high_side_phase' | 'broken_neutral' | 'none';
      readonly phases: PhaseMask;
      readonly at: Instant;
    }
  | { readonly says: 'contact'; readonly open: boolean; readonly at: Instant }
  | { readonly says: 'relay'; readonly open: boolean; readonly phases: PhaseMask; readonly at: Instant };

export interface ListeningRules {
  readonly nominal_v: number;
  readonly freshIntervals: number;
  readonly silentIntervals: number;
}

/** For so long after a gap its readings may tell of a return rather than of supply all along. */
const SETTLE_MS = 30_000;

/** Restarts by these reasons say nothing about the supply. */
const OWN_RESTART = /soft|watchdog|wdt|panic|ota|update|upgrade|user|exception|crash|command/i;

export function hearTelemetry(
  sensor: Sensor,
  state: DeviceState,
  message: Telemetry,
  arrival: Instant,
  rules: ListeningRules,
): Testimony[] {
  const at = message.deviceClock ? correct(state.clock, message.ts, arrival) : arrival;
  const interval = sensor.device.interval_s * 1000;
  if (at < arrival - rules.silentIntervals * interval) return [];
  const out: Testimony[] = [];
  const before = state.spoke;
  const restart = restartOf(state, message, at, before);
  state.spoke = Math.max(state.spoke, at);
  if (message.mode !== undefined) state.testing = message.mode === 'test';
  if (restart.at > state.boot) state.boot = restart.at;
  if (restart.lostPower && sensor.selfPowered && sensor.phases !== 0) {
    const dark = notLitSince(state, sensor.phases, restart.at);
    if (dark !== 0) {
      const since = Math.min(lastLit(state, dark) || before, restart.at);
      out.push({
        says: 'dark',
        role: 'meter',
        kind: 'return',
        phases: dark,
        at: restart.at,
        since,
        until: restart.at,
        saidAt: at,
      });
      if (at - before > rules.freshIntervals * interval) {
        out.push({
          says: 'dark',
          role: 'meter',
          kind: 'silence',
          phases: dark,
          at: restart.at,
          since,
          until: restart.at,
          saidAt: at,
        });
      }
    }
  }
  if (at - before > rules.freshIntervals * interval) state.resumed = at;
  const upSince = sensor.selfPowered ? restart.at || state.boot : 0;
  const gapUntil = gapBefore(state, at, sensor.device.interval_s);
  readVoltages(out, sensor, state, message, at, rules, { upSince, gapUntil });
  readGenerator(out, state, message, at);
  return out;
}

/** When the gap ended that a reading follows; 0 where it follows none. */
export function gapBefore(state: DeviceState, at: Instant, interval_s: number): Instant {
  return at - state.resumed < Math.max(1000 * interval_s, SETTLE_MS) ? state.resumed : 0;
}

/** An uptime is cut to seconds or tenths and the clock correction moves: the start may lie this much earlier. */
const START_SLACK_MS = 1_000;

interface Restart {
  /** When the device last started; 0 when it does not say. */
  readonly at: Instant;
  readonly lostPower: boolean;
}

/** Uptime shorter than the time since it last spoke: it was without power in between, unless it says otherwise. */
function restartOf(state: DeviceState, message: Telemetry, at: Instant, before: Instant): Restart {
  const failures = message.power_failures;
  const counted = failures !== undefined && state.failures >= 0 ? Math.sign(failures - state.failures) : 0;
  const compared = failures !== undefined && state.failures >= 0;
  if (failures !== undefined) state.failures = Math.max(state.failures, failures);
  const boot = message.uptime_s === undefined ? 0 : Math.round(at - message.uptime_s * 1000);
  if (before === 0 || at <= before) return { at: boot, lostPower: false };
  if (compared && counted > 0) return { at: boot > before ? boot : at, lostPower: true };
  if (boot - START_SLACK_MS <= before) return { at: boot, lostPower: false };
  if (compared && counted === 0) return { at: boot, lostPower: false };
  if (message.boot_reason !== undefined && OWN_RESTART.test(message.boot_reason))
    return { at: boot, lostPower: false };
  return { at: boot, lostPower: true };
}

function readVoltages(
  out: Testimony[],
  sensor: Sensor,
  state: DeviceState,
  message: Telemetry,
  at: Instant,
  rules: ListeningRules,
  { upSince, gapUntil }: { readonly upSince: Instant; readonly gapUntil: Instant },
): void {
  const relay = message.fields.relay;
  if (relay !== undefined && (relay === 0) !== state.relayOpen) {
    state.relayOpen = relay === 0;
    out.push({ says: 'relay', open: state.relayOpen, phases: sensor.phases, at });
  }
  const picture = pictureOf(message.fields, sensor.phases, rules.nominal_v);
  if (picture === null) return;
  out.push({ says: 'pattern', pattern: picture.pattern, phases: picture.off, at });
  state.wired |= picture.wired;
  if (picture.pattern === 'broken_neutral') {
    out.push({
      says: 'lit',
      role: 'meter',
      phases: picture.measured,
      at,
      proof: proofAt(state, at, upSince),
      upSince,
      explicit: false,
      gapUntil,
    });
    state.noteLit(picture.measured, at);
    return;
  }
  if (picture.live !== 0) {
    out.push({
      says: 'lit',
      role: 'meter',
      phases: picture.live,
      at,
      proof: proofAt(state, at, upSince),
      upSince,
      explicit: false,
      gapUntil,
    });
    state.noteLit(picture.live, at);
  }
  if (picture.pattern !== 'none') return;
  const unwired = state.wired !== 0 ? picture.unused & ~state.wired : 0;
  const behindRelay = state.relayOpen ? picture.dead : 0;
  sayDark(out, state, 'dead_voltage', picture.dead & ~unwired & ~behindRelay, at, picture.live);
  if (picture.live !== 0) sayDark(out, state, 'lost_phase', picture.collapsed, at, picture.live);
}

/** A device that started after the loss had power from its start on. */
function proofAt(state: DeviceState, at: Instant, upSince: Instant): Instant {
  const lastDark = Math.max(state.darkOn(0), state.darkOn(1), state.darkOn(2));
  return upSince > 0 && upSince >= lastDark ? Math.min(at, upSince) : at;
}

function sayDark(
  out: Testimony[],
  state: DeviceState,
  kind: EvidenceKind,
  phases: PhaseMask,
  at: Instant,
  besides: PhaseMask,
): void {
  const dark = notLitSince(state, phases, at);
  if (dark === 0) return;
  out.push({ says: 'dark', role: 'meter', kind, phases: dark, at, since: lastLit(state, dark), besides });
  state.noteDark(dark, at);
}

function lastLit(state: DeviceState, phases: PhaseMask): Instant {
  return Math.max(
    phases & 1 ? state.litOn(0) : 0,
    phases & 2 ? state.litOn(1) : 0,
    phases & 4 ? state.litOn(2) : 0,
  );
}

/** A generator that runs by itself stands in for mains that failed. */
function readGenerator(out: Testimony[], state: DeviceState, message: Telemetry, at: Instant): void {
  const running = message.fields.running;
  if (running === undefined) return;
  if (running === 1 && !state.testing && message.mode !== 'test') {
    out.push({ says: 'dark', role: 'mains', kind: 'generator', phases: 7, at, since: 0 });
  }
}

export function hearEvent(
  sensor: Sensor,
  state: DeviceState,
  message: DeviceEvent,
  arrival: Instant,
): Testimony[] {
  const at = message.deviceClock ? correct(state.clock, message.ts, arrival) : arrival;
  const phases = message.phases ?? sensor.phases;
  const before = state.spoke;
  state.spoke = Math.max(state.spoke, at);
  switch (message.type) {
    case 'power_lost': {
      const dark = notLitSince(state, phases, at);
      if (dark === 0) return [];
      state.noteDark(dark, at);
      return [{ says: 'dark', role: 'meter', kind: 'gasp', phases: dark, at, since: lastLit(state, dark) }];
    }
    case 'power_restored':
      return hearRestored(sensor, state, phases, at);
    case 'on_battery':
      return state.testing
        ? []
        : [{ says: 'dark', role: 'ups_input', kind: 'on_battery', phases: 7, at, since: 0 }];
    case 'on_mains':
      return [
        {
          says: 'lit',
          role: 'ups_input',
          phases: 7,
          at,
          proof: at,
          upSince: 0,
          explicit: true,
          gapUntil: 0,
        },
      ];
    case 'breaker_open':
    case 'breaker_closed':
      return [{ says: 'contact', open: message.type === 'breaker_open', at }];
    case 'test_start':
    case 'test_end':
      state.testing = message.type === 'test_start';
      return [];
    case 'boot': {
      state.boot = Math.max(state.boot, at);
      const dark = notLitSince(state, phases, at);
      if (dark === 0 || before === 0 || !sensor.selfPowered) return [];
      return [
        {
          says: 'dark',
          role: 'meter',
          kind: 'return',
          phases: dark,
          at,
          since: lastLit(state, dark) || before,
          until: at,
        },
      ];
    }
  }
}

/** Supply that came back was away: whoever says so without having told its loss was dark until now. */
function hearRestored(sensor: Sensor, state: DeviceState, phases: PhaseMask, at: Instant): Testimony[] {
  const back = notLitSince(state, phases, at);
  if (back === 0) return [];
  const since = lastLit(state, back);
  const untold = sensor.phases & back & notDarkSince(state, since);
  state.noteLit(phases, at);
  // Its next count includes the loss that this return has ended.
  state.failures = -1;
  const lit: Testimony = {
    says: 'lit',
    role: 'meter',
    phases,
    at,
    proof: at,
    upSince: 0,
    explicit: true,
    gapUntil: 0,
  };
  if (untold === 0 || since === 0) return [lit];
  return [{ says: 'dark', role: 'meter', kind: 'told_return', phases: untold, at, since, until: at }, lit];
}
