import type { Instant } from '../units/time.ts';

export type NoticeStage =
  | 'lost'
  | 'changed'
  | 'restored'
  | 'estimate'
  | 'link_lost'
  | 'link_restored'
  | 'danger'
  | 'opened'
  | 'closed';

/**
 * A message owed to somebody, before anyone chose a channel: what `core/notices` computes and replay prints.
 * One per recipient, stage and revision, with all that person's premises.
 */
export interface Notice {
  readonly incident: string;
  readonly stage: NoticeStage;
  /** Counts what the person must learn anew; a newer one supersedes an unsent older one. */
  readonly revision: number;
  readonly audience: 'owner' | 'staff';
  /** Person key: the phone for an owner, `staff` for the duty desk of the site. Never printed by replay. */
  readonly recipient: string;
  readonly premises: readonly string[];
  readonly at: Instant;
}
