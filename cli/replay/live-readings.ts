import type { LiveRun, ReplayEvent } from '../../contracts/replay.ts';
import type { EngineInput } from '../../core/incidents/engine.ts';
import type { Decoder } from '../../core/readings/decoder.ts';
import type { RefusalReason, Telemetry } from '../../core/readings/message.ts';
import type { Instant } from '../../core/units/time.ts';
import { createEarliest } from './earliest.ts';

export type ReplayInput =
  | { readonly kind: 'input'; readonly at: Instant; readonly input: EngineInput }
  | { readonly kind: 'refused'; readonly at: Instant; readonly reason: RefusalReason };

/** Gives events to the engine, each live run spread out into its readings, all in order of arrival. */
export interface ReplayInputs {
  /** What is due before the event, and the event. */
  take(event: ReplayEvent): Generator<ReplayInput>;
  /** Readings that came after the last event. */
  rest(): Generator<ReplayInput>;
}

export function createReplayInputs(decoder: Decoder): ReplayInputs {
  const waiting = createEarliest<Spread>();

  function* due(until: Instant): Generator<ReplayInput> {
    for (let next = waiting.takeUpTo(until); next !== null; next = waiting.takeUpTo(until)) {
      const at = next.arrival(next.given);
      const message = next.reading(next.given);
      yield { kind: 'input', at, input: { kind: 'message', at, message, stored: false, skew_ms: 0 } };
      next.given += 1;
      if (next.given < next.readings) waiting.put(next.arrival(next.given), next);
    }
  }

  return {
    *take(event) {
      yield* due(event.at);
      if (event.kind === 'command') {
        yield { kind: 'input', at: event.at, input: event };
        return;
      }
      const { at, stored, live } = event;
      const decoded = decoder.decode(event.topic, event.payload, at);
      if ('reason' in decoded) {
        yield { kind: 'refused', at, reason: decoded.reason };
        return;
      }
      const { message } = decoded;
      const skew = event.skew_ms === undefined ? {} : { skew_ms: event.skew_ms };
      yield { kind: 'input', at, input: { kind: 'message', at, message, stored, ...skew } };
      if (live === undefined || message.kind !== 'telemetry') return;
      const spread = spreadOut(message, at, event.skew_ms ?? 0, live);
      waiting.put(spread.arrival(1), spread);
    },
    rest: () => due(Number.POSITIVE_INFINITY),
  };
}

interface Spread {
  readonly readings: number;
  /** The next one to give; the first stands in the line itself. */
  given: number;
  arrival(reading: number): Instant;
  reading(reading: number): Telemetry;
}

/** Readings evenly spaced in arrival and in device time, running since the same instant; all else as in the first. */
function spreadOut(first: Telemetry, at: Instant, skew_ms: number, live: LiveRun): Spread {
  const { until, readings, late_ms } = live;
  const spoke = first.deviceClock ? first.ts + skew_ms : at;
  const lastSpoke = until - late_ms;
  const between = (from: Instant, to: Instant, reading: number) =>
    reading === readings - 1 ? to : Math.round(from + ((to - from) * reading) / (readings - 1));
  const boot =
    live.uptime_s !== null
      ? lastSpoke - 1000 * live.uptime_s
      : first.uptime_s === undefined
        ? null
        : spoke - 1000 * first.uptime_s;
  return {
    readings,
    given: 1,
    arrival: (reading) => between(at, until, reading),
    reading(reading) {
      const ts = between(spoke, lastSpoke, reading);
      const uptime = boot === null ? {} : { uptime_s: (ts - boot) / 1000 };
      return { ...first, ts, deviceClock: true, ...uptime };
    },
  };
}
