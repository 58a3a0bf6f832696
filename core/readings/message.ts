import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';

/**
 * The measured fields of one reading by name (DESIGN 4.2): volts, amperes, watts, kWh, Hz, degrees Celsius, percent, dBm.
 * A field that is not available is absent; NaN never appears.
 */
export type Fields = Readonly<Record<string, number>>;

/** One timestamped set of measured fields from one device. Its identity is (site, device, ts); the later arrival wins. */
export interface Reading {
  readonly device: string;
  /** Device time, or the arrival where the device sent none or an insane one. */
  readonly ts: Instant;
  readonly fields: Fields;
}

export type DeviceEventType =
  | 'power_lost'
  | 'power_restored'
  | 'breaker_open'
  | 'breaker_closed'
  | 'on_battery'
  | 'on_mains'
  | 'test_start'
  | 'test_end'
  | 'boot';

export interface Telemetry extends Reading {
  readonly kind: 'telemetry';
  /** Whether `ts` came from the device's own clock. */
  readonly deviceClock: boolean;
  readonly seq?: number;
  readonly uptime_s?: number;
  readonly power_failures?: number;
  readonly boot_reason?: string;
  readonly mode?: 'auto' | 'test';
}

export interface DeviceEvent {
  readonly kind: 'event';
  readonly device: string;
  readonly ts: Instant;
  readonly deviceClock: boolean;
  readonly type: DeviceEventType;
  /** Null: the phases the device is configured for. */
  readonly phases: PhaseMask | null;
}

/** Birth, will or retained status of a device or gateway. */
export interface LinkStatus {
  readonly kind: 'status';
  /** Device or gateway id. */
  readonly device: string;
  readonly online: boolean;
}

/** Readings recorded earlier and uploaded late: history only, never a live incident. */
export interface StoredHistory {
  readonly kind: 'history';
  readonly device: string;
  readonly readings: readonly Telemetry[];
}

/** What a profile makes of one raw message. */
export type DecodedMessage = Telemetry | DeviceEvent | LinkStatus | StoredHistory;

/** Why the decoder refused a message: a stable code that counters and `refused` in replay use, and words for a person. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  readonly detail: string;
}

export type RefusalReason =
  | 'unknown_topic'
  | 'unknown_site'
  | 'unknown_device'
  | 'malformed_json'
  | 'invalid_payload'
  | 'too_large'
  | 'forbidden_topic'
  | 'too_many_fields';
