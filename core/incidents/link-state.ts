import type { Instant } from '../units/time.ts';

/** What is known of the ways to the devices. Plain data. */
export interface LinkState {
  gateways: GatewayLink[];
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

export interface GatewayLink {
  /** Arrival of the newest message through it, the newest instant any spoke of, and whether its will was read since. */
  heard: Instant;
  spoke: Instant;
  offline: boolean;
  /** Its newest will: the last instant spoken of before it, its own arrival, and that of the first word after it (0: not yet). */
  lostAt: Instant;
  willAt: Instant;
  backAt: Instant;
}

export function newGatewayLink(): GatewayLink {
  return { heard: 0, spoke: 0, offline: false, lostAt: 0, willAt: 0, backAt: 0 };
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
    gateways: Array.from({ length: gateways }, newGatewayLink),
    heard: 0,
    waiting: new Map(),
    open: new Map(),
    dirty: false,
    lost: [],
  };
}
