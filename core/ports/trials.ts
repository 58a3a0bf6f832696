import type { Site } from '../topology/site.ts';
import type { TrialResult } from '../trials/trial.ts';
import type { Instant } from '../units/time.ts';

export interface TrialAsked {
  /** The site with the change, of the id of one that is stored; its people are those of the stored one. */
  readonly changed: Site;
  /** null: as far back as evidence is kept, at most 30 days. */
  readonly from: Instant | null;
  readonly to: Instant | null;
}

export interface TrialNews {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly from: Instant;
  readonly until: Instant;
  /** Share of the time that has been replayed. */
  readonly progress: number;
  /** Once done. */
  readonly result: TrialResult | null;
  readonly failure: 'too_long' | 'too_large' | 'broken' | null;
}

export type TrialBegun =
  | { readonly outcome: 'begun'; readonly id: string }
  | { readonly outcome: 'busy' | 'unknown_site' | 'no_evidence' };

/**
 * Replays a site's evidence as the site is and as it might be, beside everything else: one trial a site at a time,
 * bounded in time and memory. The newest trial of a site is remembered.
 */
export interface Trials {
  begin(asked: TrialAsked): Promise<TrialBegun>;
  /** Null for a trial that is not remembered. */
  news(site: string, id: string): TrialNews | null;
}
