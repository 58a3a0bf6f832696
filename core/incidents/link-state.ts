import type { Instant } from '../units/time.ts';

/** What is known of the ways to the devices. Plain data. */
export interface LinkState {
  /** By number of the gateway: arrival of the newest message through it, and whether its will was read since. */
  gateways: { heard: Instant; offline: boolean; lostAt: Instant }[];
  /** Arrival of the newest message of the site. */
  heard: Instant;
  /** Lost links waiting for their hold, since when. */
  waiting: Map<string, Instant>;
  /** Open communication incidents by root: their record and since when enough is heard again (0: not). */
  open: Map<string, { key: number; heardSince: Instant }>;
  dirty: boolean;
  /** The lost links as last judged. */
  lost: LostLink[];
}

export interface LostLink {
  readonly root: string;
  /** How many devices report through it. */
  readonly devices: number;
  /** The gateway's own will said so. */
  readonly declared: boolean;
  /** Those that cannot be heard: the mute ones, or all behind a gateway that is gone. */
  readonly lost: readonly number[];
}

export function newLinks(gateways: number): LinkState {
  return {
    gateways: Array.from({ length: gateways }, () => ({ heard: 0, offline: false, lostAt: 0 })),
    heard: 0,
    waiting: new Map(),
    open: new Map(),
    dirty: false,
    lost: [],
  };
}
