import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import { ClockCells, LOW, LOW_BEFORE } from './clock-cells.ts';
import type { DeviceClock } from './device-clock.ts';

/** Layout of the cells of one device. */
const HEARD = 0;
const SPOKE = 1;
const RESUMED = 2;
const LIT = 3;
const DARK = 6;
const BOOT = 9;
const FAILURES = 10;
const WIRED = 11;
const FLAGS = 12;
const CLOCK = 13;
const WIDTH = 18;

/** Bits of the flags. */
const OFFLINE = 1;
const SILENT = 2;
const MISSED = 4;
const RELAY_OPEN = 8;
const TESTING = 16;

/**
 * What the engine remembers of one device. 0 is "never". Instants are corrected event times unless said.
 *
 * The cells of all devices lie side by side in one block: the next message comes from any of a hundred thousand, so what
 * hearing it costs is the number of places its state is spread over.
 */
export class DeviceState {
  readonly #cells: Float64Array;
  readonly #at: number;

  constructor(cells: Float64Array, at: number) {
    this.#cells = cells;
    this.#at = at;
  }

  /** Arrival of its newest message that counts as a sign of life. */
  get heard(): Instant {
    return this.#cell(HEARD);
  }
  set heard(at) {
    this.#put(HEARD, at);
  }

  /** The newest instant it spoke of. */
  get spoke(): Instant {
    return this.#cell(SPOKE);
  }
  set spoke(at) {
    this.#put(SPOKE, at);
  }

  /** When it began to speak again after it had not for longer than it should have. */
  get resumed(): Instant {
    return this.#cell(RESUMED);
  }
  set resumed(at) {
    this.#put(RESUMED, at);
  }

  /** When it last started, as far as it said. */
  get boot(): Instant {
    return this.#cell(BOOT);
  }
  set boot(at) {
    this.#put(BOOT, at);
  }

  /** Its count of power failures; -1 when it gave none yet. */
  get failures(): number {
    return this.#cell(FAILURES);
  }
  set failures(count) {
    this.#put(FAILURES, count);
  }

  /** Phases ever measured above half voltage. */
  get wired(): PhaseMask {
    return this.#cell(WIRED);
  }
  set wired(phases) {
    this.#put(WIRED, phases);
  }

  get offline(): boolean {
    return this.#has(OFFLINE);
  }
  set offline(is) {
    this.#mark(OFFLINE, is);
  }

  get silent(): boolean {
    return this.#has(SILENT);
  }
  set silent(is) {
    this.#mark(SILENT, is);
  }

  /** Silent while the site was heard: not our own deafness. */
  get missed(): boolean {
    return this.#has(MISSED);
  }
  set missed(is) {
    this.#mark(MISSED, is);
  }

  get relayOpen(): boolean {
    return this.#has(RELAY_OPEN);
  }
  set relayOpen(is) {
    this.#mark(RELAY_OPEN, is);
  }

  get testing(): boolean {
    return this.#has(TESTING);
  }
  set testing(is) {
    this.#mark(TESTING, is);
  }

  /** Latest live voltage on a phase (0-2). */
  litOn(phase: number): Instant {
    return this.#cell(LIT + phase);
  }
  /** Latest dark evidence on a phase (0-2). */
  darkOn(phase: number): Instant {
    return this.#cell(DARK + phase);
  }

  noteLit(phases: PhaseMask, at: Instant): void {
    this.#raise(LIT, phases, at);
  }
  noteDark(phases: PhaseMask, at: Instant): void {
    this.#raise(DARK, phases, at);
  }

  get clock(): DeviceClock {
    return new ClockCells(this.#cells, this.#at + CLOCK);
  }
  set clock({ count, low, lowBefore, last, alike }) {
    Object.assign(this.clock, { count, low, lowBefore, last, alike });
  }

  /** As if it had never spoken. */
  clear(): void {
    this.#cells.fill(0, this.#at, this.#at + WIDTH);
    this.failures = -1;
    this.#put(CLOCK + LOW, Number.NaN);
    this.#put(CLOCK + LOW_BEFORE, Number.NaN);
  }

  /** As plain data, for a snapshot. */
  toJSON(): DeviceRecord {
    const { heard, spoke, resumed, boot, failures, wired, offline, silent, missed, relayOpen, testing } =
      this;
    const { count, low, lowBefore, last, alike } = this.clock;
    return {
      clock: { count, low, lowBefore, last, alike },
      heard,
      spoke,
      resumed,
      lit: [this.litOn(0), this.litOn(1), this.litOn(2)],
      dark: [this.darkOn(0), this.darkOn(1), this.darkOn(2)],
      boot,
      failures,
      wired,
      offline,
      silent,
      missed,
      relayOpen,
      testing,
    };
  }

  /** Takes over what a snapshot says of it. */
  restore({ lit, dark, ...rest }: DeviceRecord): void {
    Object.assign(this, rest);
    for (let phase = 0; phase < 3; phase++) {
      this.#put(LIT + phase, lit[phase] ?? 0);
      this.#put(DARK + phase, dark[phase] ?? 0);
    }
  }

  #cell(cell: number): number {
    return this.#cells[this.#at + cell] ?? 0;
  }

  #put(cell: number, value: number): void {
    this.#cells[this.#at + cell] = value;
  }

  #raise(cells: number, phases: PhaseMask, at: Instant): void {
    for (let i = 0; i < 3; i++) if ((phases >> i) & 1 && at > this.#cell(cells + i)) this.#put(cells + i, at);
  }

  #has(flag: number): boolean {
    return (this.#cell(FLAGS) & flag) !== 0;
  }

  #mark(flag: number, is: boolean): void {
    this.#put(FLAGS, is ? this.#cell(FLAGS) | flag : this.#cell(FLAGS) & ~flag);
  }
}

/** A state as plain data. */
export type DeviceRecord = Pick<
  DeviceState,
  | 'clock'
  | 'heard'
  | 'spoke'
  | 'resumed'
  | 'boot'
  | 'failures'
  | 'wired'
  | 'offline'
  | 'silent'
  | 'missed'
  | 'relayOpen'
  | 'testing'
> & { readonly lit: readonly Instant[]; readonly dark: readonly Instant[] };

/** States of devices that never spoke. */
export function newDeviceStates(count: number): DeviceState[] {
  const cells = new Float64Array(count * WIDTH);
  return Array.from({ length: count }, (_, device) => {
    const state = new DeviceState(cells, device * WIDTH);
    state.clear();
    return state;
  });
}

/** The states that a snapshot speaks of. */
export function restoredDeviceStates(records: readonly DeviceRecord[]): DeviceState[] {
  const states = newDeviceStates(records.length);
  records.forEach((record, device) => {
    states[device]?.restore(record);
  });
  return states;
}

/** The latest instant at which every one of the phases was live; 0 when one never was. */
export function litAt(state: DeviceState, phases: PhaseMask): Instant {
  let latest = Number.POSITIVE_INFINITY;
  for (let phase = 0; phase < 3; phase++)
    if ((phases >> phase) & 1) latest = Math.min(latest, state.litOn(phase));
  return latest === Number.POSITIVE_INFINITY ? 0 : latest;
}

/** The latest instant at which any phase was live. */
export function lastLit(state: DeviceState): Instant {
  return Math.max(state.litOn(0), state.litOn(1), state.litOn(2));
}

/** The phases whose latest live instant lies before `at`. */
export function notLitSince(state: DeviceState, phases: PhaseMask, at: Instant): PhaseMask {
  return (
    phases & ((state.litOn(0) < at ? 1 : 0) | (state.litOn(1) < at ? 2 : 0) | (state.litOn(2) < at ? 4 : 0))
  );
}

/** The phases without dark evidence after `at`. */
export function notDarkSince(state: DeviceState, at: Instant): PhaseMask {
  return (state.darkOn(0) > at ? 0 : 1) | (state.darkOn(1) > at ? 0 : 2) | (state.darkOn(2) > at ? 0 : 4);
}
