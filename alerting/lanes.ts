import type { Channel } from '../core/ports/channel.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { AlertingLimits } from './limits.ts';
import { createPace, type Pace } from './pace.ts';
import { createSlots, type Slots } from './slots.ts';

/** One channel's own way out: a slow or strict provider holds up nobody else's messages. */
export interface Lane {
  readonly pace: Pace;
  /** The same rate once more right before the provider: what waited for the disk together must not arrive together. */
  readonly gate: Pace;
  readonly slots: Slots;
}

const MINUTE_S = 60;

export function createLanes(
  limits: Pick<AlertingLimits, 'rate_per_s' | 'concurrency'>,
  clock: Clock,
): (channel: Channel) => Lane {
  const lanes = new Map<string, Lane & { readonly rate: number }>();

  return ({ id, limits: own = {} }) => {
    const perMinute = own.perMinute === undefined ? Number.POSITIVE_INFINITY : own.perMinute / MINUTE_S;
    const rate = Math.min(limits.rate_per_s, own.perSecond ?? Number.POSITIVE_INFINITY, perMinute);
    const known = lanes.get(id);
    if (known?.rate === rate) return known;
    const [pace, gate] = [createPace(rate, clock), createPace(rate, clock)];
    const lane = { rate, pace, gate, slots: createSlots(limits.concurrency) };
    lanes.set(id, lane);
    return lane;
  };
}
