import type { Logger } from '../core/ports/logger.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';

/** Log lines and measurements of a thread that has neither, on their way to the one that has. */
export interface Relayed {
  readonly lines: readonly RelayedLine[];
  readonly counts: readonly RelayedNumber[];
  readonly gauges: readonly RelayedNumber[];
  readonly durations: readonly RelayedNumber[];
}

interface RelayedLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

interface RelayedNumber {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Between two hand-overs; more is dropped, and said so. */
const MOST_LINES = 200;
const MOST_DURATIONS = 1_000;

/** The thread's side. */
export function createRelay(): { readonly log: Logger; readonly telemetry: Telemetry; drain(): Relayed } {
  let lines: RelayedLine[] = [];
  let dropped = 0;
  let durations: RelayedNumber[] = [];
  const counts = new Map<string, RelayedNumber>();
  const gauges = new Map<string, RelayedNumber>();

  const line =
    (level: keyof Logger) =>
    (message: string, facts: Readonly<Record<string, unknown>> = {}) => {
      if (lines.length >= MOST_LINES) dropped += 1;
      else lines.push({ level, message, facts: plain(facts) });
    };

  return {
    log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
    telemetry: {
      count(name, labels = {}, by = 1) {
        const key = keyOf(name, labels);
        counts.set(key, { name, labels, value: (counts.get(key)?.value ?? 0) + by });
      },
      gauge: (name, value, labels = {}) => void gauges.set(keyOf(name, labels), { name, labels, value }),
      observe(name, value, labels = {}) {
        if (durations.length < MOST_DURATIONS) durations.push({ name, labels, value });
      },
    },
    drain() {
      if (dropped > 0)
        lines.push({ level: 'warn', message: 'log lines of a thread were dropped', facts: { dropped } });
      const relayed = { lines, counts: [...counts.values()], gauges: [...gauges.values()], durations };
      lines = [];
      durations = [];
      dropped = 0;
      counts.clear();
      gauges.clear();
      return relayed;
    },
  };
}

/** The side that has them. */
export function deliver(relayed: Relayed, log: Logger, telemetry: Telemetry): void {
  for (const { level, message, facts } of relayed.lines) log[level](message, facts);
  for (const { name, labels, value } of relayed.counts) telemetry.count(name, labels, value);
  for (const { name, labels, value } of relayed.gauges) telemetry.gauge(name, value, labels);
  for (const { name, labels, value } of relayed.durations) telemetry.observe(name, value, labels);
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  return `${name}${JSON.stringify(labels)}`;
}

/** What can cross threads whatever it was: an error becomes its text. */
function plain(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(facts).map(([key, value]) => {
    if (value instanceof Error) return [key, describe(value)] as const;
    const text = JSON.stringify(value);
    return [key, typeof value === 'object' ? text : value] as const;
  });
  return Object.fromEntries(entries);
}

function describe(error: Error): string {
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.name}: ${error.message}${cause}`;
}
