import type { Role } from '../ports/people.ts';
import type { LocalDate } from '../units/civil.ts';
import type { Instant } from '../units/time.ts';
import type { Assessed } from './claim.ts';

export type ClaimEvent =
  | 'renew'
  | 'assess'
  | 'apply'
  | 'submit'
  | 'endorse'
  | 'approve'
  | 'reject'
  | 'appeal'
  | 'dismiss'
  | 'grant'
  | 'prepare'
  | 'release'
  | 'pay'
  | 'reverse';

interface Common {
  /** User or person id, or the service that acts. */
  readonly by: string;
  readonly at: Instant;
  readonly reason?: string;
}

export type ClaimCommand = Common &
  (
    | { readonly event: Exclude<ClaimEvent, 'renew' | 'apply' | 'endorse' | 'approve' | 'prepare' | 'pay'> }
    | {
        readonly event: 'renew';
        readonly assessed: Assessed;
        readonly amount_minor: number;
        readonly endedAt: Instant | null;
      }
    | { readonly event: 'apply'; readonly date: LocalDate }
    | { readonly event: 'endorse' | 'approve'; readonly role: Role }
    | { readonly event: 'prepare'; readonly payout: string }
    | { readonly event: 'pay'; readonly payment: number }
  );
