import type { Clock } from '../core/ports/clock.ts';
import type { Instant } from '../core/units/time.ts';

/** Without a tick for this long we were not listening: stopped, suspended, or the clock leapt. */
const DEAF_MS = 5_000;

/** Sees to it that every whole second in which we live has one tick, before whatever comes after it. */
export interface Ticker {
  /** Called before each message and by a timer; cheap when no second has begun. */
  due(): void;
  start(): void;
  stop(): void;
}

export function createTicker(deps: {
  readonly clock: Clock;
  readonly tick: () => void;
  /** We did not listen from `from` until now. */
  readonly deaf: (from: Instant) => void;
}): Ticker {
  let last = Math.floor(deps.clock.now() / 1_000);
  let timer: NodeJS.Timeout | null = null;

  function due(): void {
    const second = Math.floor(deps.clock.now() / 1_000);
    if (second === last) return;
    const before = last;
    last = second;
    if ((second - before) * 1_000 > DEAF_MS) deps.deaf((before + 1) * 1_000);
    deps.tick();
  }

  function wait(): void {
    // A little after the boundary: a timer may fire early by a fraction of a millisecond.
    const rest_ms = 1_001 - (deps.clock.now() % 1_000);
    timer = setTimeout(() => {
      due();
      wait();
    }, rest_ms);
  }

  return {
    due,
    start() {
      last = Math.floor(deps.clock.now() / 1_000);
      wait();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
