import type { DarkReport, Rating, RatingSummary } from '../feedback/feedback.ts';
import type { MessageStage, Owed } from '../notices/notice.ts';
import type { Instant } from '../units/time.ts';

/** What owners say back, and who a link in a message belongs to. */
export interface OwnerStore {
  /** The people whose id begins with these eight characters: nearly always one. */
  startingWith(
    short: string,
    limit: number,
  ): Promise<readonly { readonly site: string; readonly id: string }[]>;
  /** Replaces what the person said of this incident before. */
  rate(rating: Rating): Promise<void>;
  ratingsOf(
    site: string,
    by: { readonly incident: string } | { readonly person: string },
    limit: number,
  ): Promise<readonly Rating[]>;
  /** Incidents with at least one rating, the newest word first. */
  summaries(
    site: string,
    query: { readonly before?: Instant; readonly limit: number },
  ): Promise<readonly RatingSummary[]>;
  /** Adds the report together with what the desk is owed for it. */
  report(report: DarkReport, notices: readonly Owed<MessageStage>[]): Promise<void>;
  reportOf(site: string, id: string): Promise<DarkReport | null>;
  /** Newest first. */
  reports(query: {
    readonly site: string;
    readonly open?: boolean;
    readonly premises?: readonly string[];
    readonly before?: { readonly at: Instant; readonly id: string };
    readonly limit: number;
  }): Promise<readonly DarkReport[]>;
  /** False when there is no such report, or it was handled before. */
  handle(site: string, id: string, handled: NonNullable<DarkReport['handled']>): Promise<boolean>;
}
