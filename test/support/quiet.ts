import type { Clock } from '../../core/ports/clock.ts';
import type { Logger } from '../../core/ports/logger.ts';
import type { Telemetry } from '../../core/ports/telemetry.ts';

export const realClock: Clock = { now: Date.now, monotonic: () => performance.now() };

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>> | undefined;
}

/** A logger that only remembers. */
export function createLogBook(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (message: string, facts?: Readonly<Record<string, unknown>>) => {
    lines.push({ level, message, facts });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Telemetry that keeps sums and last values under `name{label="value"}`. */
export function createMeter(): Telemetry & {
  readonly counts: Map<string, number>;
  readonly gauges: Map<string, number>;
} {
  const counts = new Map<string, number>();
  const gauges = new Map<string, number>();
  return {
    counts,
    gauges,
    count: (name, labels, by = 1) =>
      counts.set(keyOf(name, labels), (counts.get(keyOf(name, labels)) ?? 0) + by),
    gauge: (name, value, labels) => gauges.set(keyOf(name, labels), value),
    observe: () => undefined,
  };
}

function keyOf(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const text = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text.length === 0 ? name : `${name}{${text.join(',')}}`;
}
