import type { FactKey, FactLine } from '../compensation/case-facts.ts';
import type { Instant } from '../units/time.ts';

export interface NewFact extends FactKey {
  /** JSON; null takes back what was said for this subject, name and date. */
  readonly value: unknown;
}

export interface FactGround {
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
}

/** What schemes must be told beside the ledger. Lines are only ever added: a later one for the same subject, name and date corrects. */
export interface FactStore {
  /** All or nothing, with one event row. */
  add(site: string, facts: readonly NewFact[], ground: FactGround): Promise<void>;
  /** Every line about these subjects, oldest first. */
  about(site: string, subjects: readonly string[]): Promise<readonly FactLine[]>;
  /** Newest first; those strictly before `before`. */
  lines(
    site: string,
    query: {
      readonly subject?: string;
      readonly name?: string;
      readonly before?: string;
      readonly limit: number;
    },
  ): Promise<readonly FactLine[]>;
}
