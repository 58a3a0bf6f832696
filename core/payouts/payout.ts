import type { Instant } from '../units/time.ts';

/** prepared: in a batch, nothing has left. exported: handed to whoever pays. booked and failed: what came back. */
export type PayoutState = 'prepared' | 'exported' | 'booked' | 'failed';

/** One payment of one claim. Its id is executed once; a failed one is followed by another with an id of its own. */
export interface Payout {
  readonly id: string;
  readonly site: string;
  readonly batch: string;
  readonly claim: string;
  readonly incident: string;
  readonly premises: string;
  /** Person id of the payee; null where the premises itself is credited. */
  readonly person: string | null;
  readonly amount_minor: number;
  readonly state: PayoutState;
  /** Number of the receipt or booking. */
  readonly receipt: string | null;
  /** Why it failed. */
  readonly reason: string | null;
  readonly changedAt: Instant;
}

/** What a file of payments must agree with: how many, how much, and the SHA-256 of every line of {@link controlText}. */
export interface ControlTotals {
  readonly count: number;
  readonly sum_minor: number;
  readonly sha256: string;
}

export interface PayoutBatch {
  readonly id: string;
  readonly site: string;
  readonly method: string;
  readonly currency: string;
  readonly control: ControlTotals;
  readonly preparedBy: string;
  readonly preparedAt: Instant;
  readonly exportedAt: Instant | null;
  readonly cancelledAt: Instant | null;
}

/** What the control hash covers: neither names nor accounts, so that the recipient's own columns may change. */
export function controlText(payouts: readonly Pick<Payout, 'id' | 'premises' | 'amount_minor'>[]): string {
  return [...payouts]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, premises, amount_minor }) => `${id}\t${premises}\t${amount_minor}\n`)
    .join('');
}
