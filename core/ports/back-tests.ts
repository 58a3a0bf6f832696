import type { Cost, PremisesCost } from '../compensation/back-test.ts';
import type { Scheme } from '../compensation/compiled.ts';
import type { LocalDate } from '../units/civil.ts';

export interface BackTestAsked {
  readonly site: string;
  /** As it is called in the answer. */
  readonly name: string;
  readonly scheme: Scheme;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Incidents that began on these local dates, both included. */
  readonly from: LocalDate;
  readonly to: LocalDate;
}

export interface BackTestNews {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** Share of the premises that have been assessed. */
  readonly progress: number;
  /** So far, or in the end. */
  readonly tried: Cost;
  /** By what the site had chosen at the time. */
  readonly current: Cost;
}

export type BackTestBegun =
  | { readonly outcome: 'begun'; readonly id: string }
  | { readonly outcome: 'busy' | 'unknown_site' };

/** A scheme over the ledger of a period, beside the one in force: one at a time for each site. The newest of a site is remembered. */
export interface BackTests {
  begin(asked: BackTestAsked): BackTestBegun;
  news(site: string, id: string): BackTestNews | null;
  /** Largest difference first; null while it runs, and for one that is not remembered. */
  differences(site: string, id: string): readonly PremisesCost[] | null;
  /** False when there is nothing to cancel. */
  cancel(site: string, id: string): boolean;
}
