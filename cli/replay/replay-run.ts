import type { ReplayEvent } from '../../contracts/replay.ts';
import type { Changes, SiteEngine } from '../../core/incidents/engine.ts';
import { createSiteEngine } from '../../core/incidents/site-engine.ts';
import { createDecoder } from '../../core/readings/decoder.ts';
import type { Profiles } from '../../core/readings/profile.ts';
import type { Site } from '../../core/topology/site.ts';
import type { Instant } from '../../core/units/time.ts';
import { createReplayInputs, type ReplayInput } from './live-readings.ts';

/** After the last event the clock runs on this long. */
export const RUN_ON_MS = 15 * 60_000;

export interface ReplayDeps {
  readonly site: Site;
  readonly profiles: Profiles;
  /** The clock stops here; null: after the last event, and some. */
  readonly until: Instant | null;
  readonly take: (changes: Changes) => void;
  readonly refuse: (reason: string) => void;
  readonly swap?: (engine: SiteEngine, input: number) => SiteEngine;
}

/** A replay that is given its events one by one. */
export interface Replay {
  /** False once the clock has stopped. */
  give(event: ReplayEvent): boolean;
  end(): void;
}

export function createReplay({ site, profiles, until, take, refuse, swap }: ReplayDeps): Replay {
  const decoder = createDecoder(
    { get: (id) => (id === site.site.id ? site : undefined), all: () => [site] },
    profiles,
  );
  const inputs = createReplayInputs(decoder);
  let engine = createSiteEngine(site, profiles, replayId);
  let second: number | null = null;
  let last: Instant = 0;
  let given = 0;
  let over = false;

  function runTo(at: Instant): void {
    second ??= Math.floor(at / 1000);
    while ((second + 1) * 1000 <= at) {
      second += 1;
      take(engine.apply({ kind: 'tick', at: second * 1000 }));
    }
  }

  function all(some: Iterable<ReplayInput>): boolean {
    for (const next of some) {
      over ||= until !== null && next.at > until;
      if (over) return false;
      runTo(next.at);
      last = next.at;
      if (swap !== undefined) engine = swap(engine, given);
      given += 1;
      if (next.kind === 'refused') refuse(next.reason);
      else take(engine.apply(next.input));
    }
    return true;
  }

  return {
    give: (event) => all(inputs.take(event)),
    end() {
      all(inputs.rest());
      if (given > 0 || until !== null) runTo(until ?? last + RUN_ON_MS);
    },
  };
}

/** Incidents are i1, i2 … by opening. */
export function replayId(kind: 'incident' | 'interruption', _at: Instant, ordinal: number): string {
  return `${kind === 'incident' ? 'i' : 'x'}${ordinal}`;
}
