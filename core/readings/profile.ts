import type { Device } from '../topology/site.ts';
import type { Instant } from '../units/time.ts';
import type { DecodedMessage, Refusal } from './message.ts';

/** The declarative description of a device model: how it speaks and what its fields mean. */
export interface Profile {
  readonly id: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  /** Can it send a last message when its supply dies? Without, its silence weighs nothing against a loss. */
  readonly lastGasp: boolean;
  /** Does it report how long it has been up? Returns are adjudicated by it. */
  readonly reportsUptime: boolean;
  /** Does it send a reading when asked on its command topic? */
  readonly answers?: boolean;
  /** Where the map or format was taken from. */
  readonly source: string;
  readonly mqtt?: MqttFormat;
  readonly modbus?: ModbusMap;
}

/** A maker's own MQTT topics. Native topics need none: every device may speak native. */
export interface MqttFormat {
  /** Topic filters below the device's `address` prefix, e.g. `SENSOR`, `LWT`. */
  readonly topics: readonly string[];
  decode(tail: string, payload: Uint8Array, device: Device, at: Instant): DecodedMessage | Refusal;
}

export interface ModbusMap {
  /** 3 holding, 4 input. */
  readonly function: 3 | 4;
  readonly maxRegisters: number;
  /** Address ranges [first, last] that answer with an exception and must not be read over. */
  readonly gaps?: readonly (readonly [number, number])[];
  readonly registers: readonly ModbusRegister[];
}

export interface ModbusRegister {
  /** Field name of DESIGN 4.2. */
  readonly field: string;
  /** On the wire, 0-based. */
  readonly address: number;
  readonly type: 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64' | 'f32' | 'f64';
  /** Order of 16-bit words; default high first. */
  readonly words?: 'high_first' | 'low_first';
  /** Raw value times this is the field's unit; default 1. */
  readonly scale?: number;
  /** Raw values that mean "not available"; NaN always does. */
  readonly sentinels?: readonly number[];
}

export type Profiles = ReadonlyMap<string, Profile>;

/** Checks at compile time; gives the entry back unchanged. */
export function defineProfile(profile: Profile): Profile {
  return profile;
}
