import type { Instant } from '../units/time.ts';

/** One line as `contracts/evidence-line.ts` writes it. */
export interface WrittenEvidence {
  readonly at: Instant;
  readonly text: string;
  /** A replay may begin here. */
  readonly begins: boolean;
}

export interface EvidenceWrite {
  readonly site: string;
  /** The lease the writer holds. */
  readonly epoch: number;
  readonly lines: readonly WrittenEvidence[];
  /** With these lines the log holds everything up to here; null when it may not. */
  readonly through: Instant | null;
}

export interface EvidenceExtent {
  /** The earliest instant a replay may begin at. */
  readonly from: Instant;
  /** Up to here the log is complete. */
  readonly through: Instant;
}

export interface EvidenceBounds {
  /** Hours that ended before this are dropped. */
  readonly before: Instant;
  /** Whole hours are dropped, the oldest first, until no more is left than this. */
  readonly lines: number;
  readonly bytes: number;
}

/**
 * What detection found remarkable, by site: enough to replay its incidents. Lines may stand more than once and in any
 * order (`windowOf` puts them right), because a journal folded again writes them again.
 */
export interface EvidenceLog {
  /** All of it or nothing; durable once it resolves. */
  add(write: EvidenceWrite): Promise<'added' | 'lost_lease'>;
  /** Null when a replay could not begin anywhere yet. */
  extent(site: string): Promise<EvidenceExtent | null>;
  /** The last instant not after `at` that a replay may begin at, else the first one after it; null when there is none. */
  beginning(site: string, at: Instant): Promise<Instant | null>;
  /** The lines of all hours that [from, to] touches, hour after hour, some at a time and in any order within their hour. */
  read(site: string, from: Instant, to: Instant): AsyncIterable<readonly string[]>;
  /** Says how many lines were dropped. */
  retain(site: string, bounds: EvidenceBounds): Promise<number>;
}
