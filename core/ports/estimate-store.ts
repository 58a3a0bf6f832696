import type { Instant } from '../units/time.ts';

/** What a scheme says one premises is owed for one incident, so far or in the end. */
export interface Estimate {
  readonly site: string;
  readonly incident: string;
  readonly premises: string;
  readonly scheme: string;
  readonly state: 'running' | 'final';
  /** Interruption minutes the amount rests on. */
  readonly minutes: number;
  /** Integer minor units of `currency`. */
  readonly amount_minor: number;
  readonly currency: string;
  /** Every step from minutes to amount, for a reader with only the scheme. */
  readonly trace: readonly unknown[];
  /** Why no amount could be computed (`amount_minor` is 0 then); null when it could. */
  readonly refused: readonly { readonly path: string; readonly code: string }[] | null;
  readonly at: Instant;
}

export interface EstimateStore {
  /** Replaces the estimates of (incident, premises) and adds one event row per site, in one transaction. */
  put(estimates: readonly Estimate[]): Promise<void>;
  ofIncident(site: string, incident: string): Promise<readonly Estimate[]>;
  /** Those that could not be computed, by incident and premises; strictly after `after`. */
  refused(
    site: string,
    query: {
      readonly after?: { readonly incident: string; readonly premises: string };
      readonly limit: number;
    },
  ): Promise<readonly Estimate[]>;
  ofPremises(site: string, premises: string): Promise<readonly Estimate[]>;
}
