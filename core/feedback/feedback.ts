import type { Instant } from '../units/time.ts';

/** How an owner says an outage was handled: 1 (badly) to 5 (well). The newest word of a person on an incident counts. */
export interface Rating {
  readonly site: string;
  readonly incident: string;
  /** Person id. */
  readonly person: string;
  readonly at: Instant;
  readonly rating: 1 | 2 | 3 | 4 | 5;
  readonly comment: string | null;
}

export interface RatingSummary {
  readonly incident: string;
  readonly ratings: number;
  /** Mean, rounded to a tenth. */
  readonly average: number;
  readonly comments: number;
  readonly lastAt: Instant;
}

/** An owner says that it is dark, whatever the evidence says. Work for a person: it opens and closes nothing by itself. */
export interface DarkReport {
  readonly site: string;
  readonly id: string;
  /** The incident it is about; null when none is known there. */
  readonly incident: string | null;
  readonly premises: string;
  /** Person id. */
  readonly person: string;
  readonly at: Instant;
  readonly note: string | null;
  readonly handled: { readonly at: Instant; readonly by: string; readonly outcome: string } | null;
}
