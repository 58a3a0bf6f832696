import type { Clock } from '../core/ports/clock.ts';
import type { LeaseStore } from '../core/ports/incident-store.ts';
import type { Logger } from '../core/ports/logger.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';

export const LEASE_TTL_MS = 15_000;

/**
 * Which sites are ours. Only an answer that says so takes a site away: while the database is silent we go on listening,
 * and the epoch keeps a stale writer from writing.
 */
export interface Leases {
  /** Tries to get every site it does not hold; gives those that became ours. */
  acquire(sites: readonly string[]): Promise<readonly string[]>;
  renew(): Promise<void>;
  epochOf(site: string): number | null;
  /** Another instance holds it. */
  isForeign(site: string): boolean;
  foreign(): ReadonlySet<string>;
  lose(site: string, epoch: number): void;
  release(): Promise<void>;
}

export function createLeases(deps: {
  readonly store: LeaseStore;
  readonly holder: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Telemetry;
}): Leases {
  const { store, holder, log, telemetry } = deps;
  const held = new Map<string, number>();
  const foreign = new Set<string>();

  function lose(site: string, epoch: number): void {
    if (held.get(site) !== epoch) return;
    held.delete(site);
    foreign.add(site);
    telemetry.count('relight_leases_lost_total');
    log.error('another ingest has taken over a site; its messages are not acknowledged here any more', {
      site,
    });
  }

  return {
    async acquire(sites) {
      const gained: string[] = [];
      for (const site of sites) {
        if (held.has(site)) continue;
        const epoch = await store.acquire(site, holder, LEASE_TTL_MS);
        if (epoch === null) {
          if (!foreign.has(site)) log.warn('another ingest holds the site; waiting for it', { site });
          foreign.add(site);
          continue;
        }
        foreign.delete(site);
        held.set(site, epoch);
        gained.push(site);
      }
      telemetry.gauge('relight_leases_held', held.size);
      return gained;
    },
    async renew() {
      for (const [site, epoch] of held) {
        if (!(await store.renew(site, holder, epoch, LEASE_TTL_MS))) lose(site, epoch);
      }
    },
    epochOf: (site) => held.get(site) ?? null,
    isForeign: (site) => foreign.has(site),
    foreign: () => foreign,
    lose,
    async release() {
      for (const [site, epoch] of held) {
        held.delete(site);
        await store.release(site, holder, epoch);
      }
    },
  };
}
