import type { EvidenceLine } from '../core/evidence/line.ts';
import { toIso } from '../core/units/time.ts';
import { toCommandJson } from './command.ts';
import { parseInstant } from './instant.ts';

/** One stored line: an event line of DESIGN 4.3 with its key, or what stood at a full hour. */
export function writeEvidenceLine(line: EvidenceLine): string {
  const head = `{"key":[${line.offset},${line.index}],"at":"${toIso(line.at)}"`;
  switch (line.kind) {
    case 'command':
      return `${head},"command":${JSON.stringify(toCommandJson(line.command))}}`;
    case 'standing':
      return `${head},"standing":${JSON.stringify(line.commands.map(toCommandJson))}}`;
    case 'message': {
      const payload =
        line.encoding === 'base64'
          ? `"payload_b64":${JSON.stringify(line.payload)}`
          : `"payload":${payloadJson(line.payload)}`;
      const skew = line.skew_ms === null ? '' : `,"skew_ms":${line.skew_ms}`;
      return `${head},"topic":${JSON.stringify(line.topic)},${payload}${skew}${liveJson(line)}}`;
    }
  }
}

function liveJson({ live }: Extract<EvidenceLine, { kind: 'message' }>): string {
  if (live === null) return '';
  const { until, readings, late_ms, uptime_s } = live;
  const late = late_ms === 0 ? '' : `,"late_ms":${late_ms}`;
  const uptime = uptime_s === null ? '' : `,"uptime_s":${uptime_s}`;
  return `,"live":{"until":"${toIso(until)}","readings":${readings}${late}${uptime}}`;
}

/** An object or a list stands as it came; everything else as text, which a reader takes byte for byte. */
function payloadJson(text: string): string {
  if (!/^[[{]/.test(text) || /[\r\n]/.test(text)) return JSON.stringify(text);
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}

/** A stored line as far as putting lines in order needs it. */
export interface StoredLine {
  readonly at: number;
  readonly offset: number;
  readonly index: number;
  /** 0 for anything but a live run. */
  readonly readings: number;
  /** The line as an event file has it; null for what stood at a full hour. */
  readonly event: ({ readonly at: string } & Readonly<Record<string, unknown>>) | null;
  readonly standing: readonly unknown[];
}

/** Null for a line this program did not write. */
export function readEvidenceLine(text: string): StoredLine | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(json)) return null;
  const { key, standing, ...event } = json;
  const instant = typeof event.at === 'string' ? event.at : '';
  const at = parseInstant(instant);
  const [offset, index]: unknown[] = Array.isArray(key) ? key : [];
  if (at === null || typeof offset !== 'number' || typeof index !== 'number') return null;
  const readings = isRecord(event.live) && typeof event.live.readings === 'number' ? event.live.readings : 0;
  const commands: readonly unknown[] = Array.isArray(standing) ? standing : [];
  const told = standing === undefined ? { ...event, at: instant } : null;
  return { at, offset, index, readings, event: told, standing: commands };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
