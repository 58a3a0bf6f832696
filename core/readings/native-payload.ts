import { maskOf } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import type { DecodedMessage, DeviceEvent, DeviceEventType, Refusal, Telemetry } from './message.ts';
import { refuse } from './refusal.ts';

const MAX_UNKNOWN_FIELDS = 32;
const MAX_HISTORY = 500;
const DAY_MS = 86_400_000;
/** 2020-01-01T00:00:00Z: an earlier device clock was never set. */
const EARLIEST_TS = 1_577_836_800_000;

/** Every numeric field DESIGN 4.2 names; others are kept within bounds. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...['voltage', 'voltage_a', 'voltage_b', 'voltage_c', 'voltage_ab', 'voltage_bc', 'voltage_ca'],
  ...['current', 'current_a', 'current_b', 'current_c', 'current_n'],
  ...['power', 'power_a', 'power_b', 'power_c', 'energy', 'energy_export', 'frequency', 'power_factor'],
  ...['temperature', 'battery', 'rssi', 'relay', 'running'],
]);

const EVENT_TYPES: ReadonlySet<string> = new Set<DeviceEventType>([
  ...(['power_lost', 'power_restored', 'breaker_open', 'breaker_closed', 'on_battery', 'on_mains'] as const),
  ...(['test_start', 'test_end', 'boot'] as const),
]);

const FIELD_NAME = /^[a-z][a-z0-9_]{0,31}$/;
const PHASES = /^(A|B|C|AB|AC|BC|ABC)$/;

type Json = Readonly<Record<string, unknown>>;

/** The shape of {@link Telemetry} while it is being filled. */
type Draft = { -readonly [K in keyof Telemetry]: Telemetry[K] };

export function readTelemetry(device: string, json: unknown, at: Instant): Telemetry | Refusal {
  if (!isObject(json)) return refuse('invalid_payload', 'telemetry must be a JSON object');
  const fields: Record<string, number> = {};
  const draft: Draft = { kind: 'telemetry', device, ts: at, deviceClock: false, fields };
  let unknown = 0;
  for (const key in json) {
    const value = json[key];
    if (value === null) continue;
    if (KNOWN_FIELDS.has(key)) {
      const number = typeof value === 'boolean' ? Number(value) : value;
      if (!isNumber(number)) return refuse('invalid_payload', `${key} must be a number`);
      fields[key] = number;
      continue;
    }
    const fault = readSpecial(draft, key, value, at);
    if (fault === 'not_special') {
      if (!isNumber(value) || !FIELD_NAME.test(key)) continue;
      unknown += 1;
      if (unknown > MAX_UNKNOWN_FIELDS)
        return refuse('too_many_fields', `more than ${MAX_UNKNOWN_FIELDS} unknown fields`);
      fields[key] = value;
    } else if (fault !== null) {
      return refuse('invalid_payload', fault);
    }
  }
  return draft;
}

/** Fields that are not measurements. Null: taken; 'not_special': somebody else's; any other text: the fault. */
function readSpecial(draft: Draft, key: string, value: unknown, at: Instant): string | null {
  switch (key) {
    case 'ts': {
      if (!isCount(value)) return 'ts must be epoch milliseconds';
      if (isSane(value, at)) {
        draft.ts = value;
        draft.deviceClock = true;
      }
      return null;
    }
    case 'seq':
      if (!isCount(value)) return 'seq must be a whole number';
      draft.seq = value;
      return null;
    case 'uptime_s':
      if (!isNumber(value) || value < 0) return 'uptime_s must be a number of seconds';
      draft.uptime_s = value;
      return null;
    case 'power_failures':
      if (!isCount(value)) return 'power_failures must be a whole number';
      draft.power_failures = value;
      return null;
    case 'boot_reason':
      if (typeof value !== 'string') return 'boot_reason must be text';
      draft.boot_reason = value.slice(0, 64);
      return null;
    case 'mode':
      if (value !== 'auto' && value !== 'test') return "mode must be 'auto' or 'test'";
      draft.mode = value;
      return null;
    default:
      return 'not_special';
  }
}

export function readEvent(device: string, json: unknown, at: Instant): DeviceEvent | Refusal {
  if (!isObject(json)) return refuse('invalid_payload', 'an event must be a JSON object');
  const { type, ts, phases } = json;
  if (typeof type !== 'string' || !isEventType(type)) return refuse('invalid_payload', 'unknown event type');
  if (ts !== undefined && ts !== null && !isCount(ts))
    return refuse('invalid_payload', 'ts must be epoch milliseconds');
  if (phases !== undefined && phases !== null && !(typeof phases === 'string' && PHASES.test(phases))) {
    return refuse('invalid_payload', 'phases must be letters out of ABC');
  }
  const own = typeof ts === 'number' && isSane(ts, at);
  return {
    kind: 'event',
    device,
    ts: own ? ts : at,
    deviceClock: own,
    type,
    phases: typeof phases === 'string' ? maskOf(phases) : null,
  };
}

export function readStatus(device: string, text: string): DecodedMessage | Refusal {
  const word = text.trim().replaceAll('"', '');
  if (word !== 'online' && word !== 'offline')
    return refuse('invalid_payload', "status must be 'online' or 'offline'");
  return { kind: 'status', device, online: word === 'online' };
}

/** Readings recorded earlier. Their own instants are the point of them, so one without a sane `ts` refuses the upload. */
export function readHistory(device: string, json: unknown, at: Instant): DecodedMessage | Refusal {
  if (!Array.isArray(json)) return refuse('invalid_payload', 'history must be a JSON array');
  if (json.length > MAX_HISTORY)
    return refuse('invalid_payload', `history holds more than ${MAX_HISTORY} readings`);
  const readings: Telemetry[] = [];
  for (const item of json) {
    const ts: unknown = isObject(item) ? item.ts : undefined;
    if (!isCount(ts) || ts < EARLIEST_TS || ts > at + DAY_MS) {
      return refuse('invalid_payload', 'every reading of a history needs a ts');
    }
    const reading = readTelemetry(device, item, ts);
    if (reading.kind === 'refused') return reading;
    readings.push(reading);
  }
  return { kind: 'history', device, readings };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON can spell numbers too big for a double. */
function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isEventType(text: string): text is DeviceEventType {
  return EVENT_TYPES.has(text);
}

/** A clock before 2020 or more than a day off says nothing about when (DESIGN 5.6). */
function isSane(ts: number, at: Instant): boolean {
  return ts >= EARLIEST_TS && Math.abs(at - ts) <= DAY_MS;
}
