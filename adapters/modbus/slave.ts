import { planReads, type ReadBlock, WORDS } from '../../core/readings/modbus-plan.ts';
import type { ModbusMap } from '../../core/readings/profile.ts';

/** What the source wants polled. */
export interface SlaveSpec {
  readonly site: string;
  readonly device: string;
  readonly unit: number;
  readonly map: ModbusMap;
  readonly interval_ms: number;
  /** Where in its period it is polled, 0 to 1, so that not all start at once. */
  readonly stagger: number;
  /** Behind a gateway: while the whole line is down, that is the gateway's state and not this device's. */
  readonly via: string | null;
  readonly nominal_v: number;
}

/** Failures in a row before a slave is taken off the line and only probed. */
const TRIPS_AFTER = 2;
/** The first round comes within this time after start, however long the period. */
const FIRST_ROUND_MS = 15_000;

/** One slave's schedule and breaker. Times are monotonic milliseconds. */
export function createSlave(spec: SlaveSpec, now_ms: number) {
  let next_ms = now_ms + spec.stagger * Math.min(spec.interval_ms, FIRST_ROUND_MS);
  let failures = 0;
  const [first] = spec.map.registers;
  const probe: ReadBlock = {
    address: first?.address ?? 0,
    count: first === undefined ? 1 : WORDS[first.type],
  };

  return {
    spec,
    blocks: planReads(spec.map),
    /** The smallest read that shows life. */
    probe,
    next_ms: () => next_ms,
    isTripped: () => failures >= TRIPS_AFTER,

    /** Sets the next time in step with the period; how many periods were missed is the answer. */
    advance(now: number): number {
      const missed = Math.max(0, Math.floor((now - next_ms) / spec.interval_ms));
      next_ms += (missed + 1) * spec.interval_ms;
      return missed;
    },

    pollNow(now: number): void {
      next_ms = now;
    },

    answered(): void {
      failures = 0;
    },

    /** True when this failure trips the breaker. */
    failed(): boolean {
      failures += 1;
      return failures === TRIPS_AFTER;
    },
  };
}

export type Slave = ReturnType<typeof createSlave>;
