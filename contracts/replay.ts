import type { Command } from '../core/incidents/engine.ts';
import type { Fault } from '../core/units/fault.ts';
import type { Instant } from '../core/units/time.ts';
import { parseCommand } from './command.ts';
import { parseInstant } from './instant.ts';

/** One line of an event file (DESIGN 4.3): what arrived, or what somebody told the engine, and when. */
export type ReplayEvent =
  | {
      readonly kind: 'message';
      readonly at: Instant;
      readonly topic: string;
      readonly payload: Uint8Array;
      /** The publisher's flag; means nothing for evidence. */
      readonly retain: boolean;
      readonly stored: boolean;
      /** Added to the message's own instants to put them on our clock; without it the engine finds the offset itself. */
      readonly skew_ms?: number;
      readonly live?: LiveRun;
    }
  | { readonly kind: 'command'; readonly at: Instant; readonly command: Command };

/** The line stands for all live readings of its device up to here; its payload is that of the first. */
export interface LiveRun {
  /** Arrival of the last one. */
  readonly until: Instant;
  readonly readings: number;
  /** How long the last one was under way, as far as the clocks tell. */
  readonly late_ms: number;
  /** Uptime of the device at the last one, finer than devices say it; null where they do not. */
  readonly uptime_s: number | null;
}

const encoder = new TextEncoder();

export interface EventReader {
  /** The event of the next line; null for a blank line or one at fault. */
  read(line: string): ReplayEvent | null;
  /** Every fault so far; paths are `line N` and a JSON pointer. */
  faults(): readonly Fault[];
}

/** Reads event lines one by one, so that a file may be larger than memory. `nominal_v` is the site's. */
export function createEventReader(nominal_v = 230): EventReader {
  const faults: Fault[] = [];
  let number = 0;
  let latest = Number.NEGATIVE_INFINITY;
  return {
    read(line) {
      number += 1;
      if (line.trim() === '') return null;
      const parsed = parseLine(line, `line ${number} `, nominal_v);
      if ('faults' in parsed) {
        faults.push(...parsed.faults);
        return null;
      }
      const { at } = parsed.event;
      if (at < latest) {
        const message = `'at' falls behind the line before it (${new Date(latest).toISOString()})`;
        faults.push({ path: `line ${number} /at`, code: 'falling_at', message });
        return null;
      }
      latest = at;
      return parsed.event;
    },
    faults: () => faults,
  };
}

/** Reads a whole event file: all its events, or every fault. */
export function parseEvents(
  text: string,
  nominal_v = 230,
): { readonly events: readonly ReplayEvent[] } | { readonly faults: readonly Fault[] } {
  const reader = createEventReader(nominal_v);
  const events: ReplayEvent[] = [];
  for (const line of text.split('\n')) {
    const event = reader.read(line);
    if (event !== null) events.push(event);
  }
  const faults = reader.faults();
  return faults.length > 0 ? { faults } : { events };
}

type Parsed = { readonly event: ReplayEvent } | { readonly faults: readonly Fault[] };

function parseLine(line: string, path: string, nominal_v: number): Parsed {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return {
      faults: [
        { path, code: 'malformed_json', message: error instanceof Error ? error.message : String(error) },
      ],
    };
  }
  if (!isRecord(json)) {
    return {
      faults: [
        { path, code: 'wrong_type', message: 'a line is a JSON object with "at" and "topic" or "command"' },
      ],
    };
  }
  const faults: Fault[] = [];
  const at = readAt(json.at, path, faults);
  if (json.command !== undefined) {
    for (const key of ['topic', 'payload', 'payload_b64', 'skew_ms', 'live']) {
      if (json[key] === undefined) continue;
      faults.push({ path: `${path}/${key}`, code: 'not_allowed', message: `a command has no ${key}` });
    }
    const parsed = parseCommand(json.command, `${path}/command`, nominal_v);
    if ('faults' in parsed) return { faults: [...faults, ...parsed.faults] };
    return faults.length > 0 ? { faults } : { event: { kind: 'command', at, command: parsed.command } };
  }
  const topic = readTopic(json.topic, path, faults);
  const payload = readPayload(json, path, faults);
  const retain = readFlag(json.retain, `${path}/retain`, faults);
  const stored = readFlag(json.stored, `${path}/stored`, faults);
  const skew_ms = readSkew(json.skew_ms, `${path}/skew_ms`, faults);
  const live = readLive(json.live, at, `${path}/live`, faults);
  if (faults.length > 0) return { faults };
  const event: ReplayEvent = {
    kind: 'message',
    at,
    topic,
    payload,
    retain,
    stored,
    ...(skew_ms === null ? {} : { skew_ms }),
    ...(live === null ? {} : { live }),
  };
  return { event };
}

function readSkew(value: unknown, path: string, faults: Fault[]): number | null {
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  faults.push({ path, code: 'wrong_type', message: 'skew_ms is a number of milliseconds' });
  return null;
}

/** A device that sends oftener is none that a run of an hour can stand for. */
const MAX_READINGS = 100_000;

function readLive(value: unknown, at: Instant, path: string, faults: Fault[]): LiveRun | null {
  if (value === undefined) return null;
  if (!isRecord(value)) {
    faults.push({ path, code: 'wrong_type', message: 'live is an object with "until" and "readings"' });
    return null;
  }
  const until = typeof value.until === 'string' ? parseInstant(value.until) : null;
  if (until === null || until < at)
    faults.push({
      path: `${path}/until`,
      code: 'out_of_range',
      message: 'until is an instant not before at',
    });
  const { readings, late_ms = 0, uptime_s = null } = value;
  if (!isCount(readings, 2, MAX_READINGS))
    faults.push({
      path: `${path}/readings`,
      code: 'out_of_range',
      message: `readings is a whole number from 2 to ${MAX_READINGS}`,
    });
  if (typeof late_ms !== 'number' || !(late_ms >= 0 && late_ms < Number.POSITIVE_INFINITY))
    faults.push({ path: `${path}/late_ms`, code: 'out_of_range', message: 'late_ms is no less than 0' });
  if (uptime_s !== null && typeof uptime_s !== 'number')
    faults.push({ path: `${path}/uptime_s`, code: 'wrong_type', message: 'uptime_s is a number of seconds' });
  return {
    until: until ?? at,
    readings: Number(readings),
    late_ms: Number(late_ms),
    uptime_s: typeof uptime_s === 'number' ? uptime_s : null,
  };
}

function isCount(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function readAt(value: unknown, path: string, faults: Fault[]): Instant {
  const at = typeof value === 'string' ? parseInstant(value) : null;
  if (at !== null) return at;
  const code = value === undefined ? 'missing' : 'wrong_form';
  faults.push({
    path: `${path}/at`,
    code,
    message: '\'at\' is an RFC 3339 instant, e.g. "2026-01-01T00:00:00.000Z"',
  });
  return Number.NaN;
}

function readTopic(value: unknown, path: string, faults: Fault[]): string {
  if (typeof value === 'string' && value !== '') return value;
  const code = value === undefined ? 'missing' : 'wrong_type';
  faults.push({ path: `${path}/topic`, code, message: 'a line has a topic (text) or a command' });
  return '';
}

function readPayload(json: Readonly<Record<string, unknown>>, path: string, faults: Fault[]): Uint8Array {
  const { payload, payload_b64 } = json;
  if ((payload === undefined) === (payload_b64 === undefined)) {
    const message = 'a message has either payload (JSON value or text) or payload_b64';
    faults.push({
      path: `${path}/payload`,
      code: payload === undefined ? 'missing' : 'not_allowed',
      message,
    });
    return new Uint8Array();
  }
  if (payload !== undefined) return encodePayload(payload, path, faults);
  const bytes = typeof payload_b64 === 'string' ? fromBase64(payload_b64) : null;
  if (bytes !== null) return bytes;
  faults.push({ path: `${path}/payload_b64`, code: 'wrong_form', message: 'payload_b64 is base64 text' });
  return new Uint8Array();
}

function encodePayload(payload: unknown, path: string, faults: Fault[]): Uint8Array {
  try {
    return encoder.encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
  } catch (error) {
    // Nested deeper than the stack allows: JSON.parse takes it, JSON.stringify does not.
    const message = error instanceof Error ? error.message : String(error);
    faults.push({ path: `${path}/payload`, code: 'wrong_form', message });
    return new Uint8Array();
  }
}

function fromBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function readFlag(value: unknown, path: string, faults: Fault[]): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  faults.push({ path, code: 'wrong_type', message: 'must be true or false' });
  return false;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
