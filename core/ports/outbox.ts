import type { MessageStage, Owed } from '../notices/notice.ts';
import type { PersonProfile } from '../people/profile.ts';
import type { Instant } from '../units/time.ts';

/**
 * owed: nobody has it · claimed: a sender works on it · sent: the provider accepted · delivered / failed / undelivered:
 * its receipt said so · unknown: a crash or time-out left it open, a person decides · superseded: a newer revision came
 * before it left · blocked: a limit stopped it, a person decides.
 */
export type DeliveryState =
  | 'owed'
  | 'claimed'
  | 'sent'
  | 'delivered'
  | 'failed'
  | 'undelivered'
  | 'unknown'
  | 'superseded'
  | 'blocked';

/** One message on one channel; its key is (site, subject, recipient, stage, revision, channel). */
export interface Delivery {
  readonly id: string;
  readonly site: string;
  /** The incident, planned outage or payment it is about. */
  readonly subject: string;
  /** Person id. */
  readonly recipient: string;
  readonly stage: MessageStage;
  readonly revision: number;
  readonly channel: string;
  readonly audience: 'owner' | 'staff';
  readonly premises: readonly string[];
  readonly owedAt: Instant;
  readonly state: DeliveryState;
  /** Hand-overs begun; a claim that came to none does not count. */
  readonly attempts: number;
  readonly nextAttemptAt: Instant;
  readonly claimedAt: Instant | null;
  readonly sentAt: Instant | null;
  /** When its receipt, or whatever else ended it, came. */
  readonly settledAt: Instant | null;
  readonly providerId: string | null;
  /** What the provider took, or would have taken; null: not known yet. */
  readonly segments: number | null;
  /** A person let it pass the caps. */
  readonly released: boolean;
  readonly error: string | null;
}

/** The recipient as a sender needs it; read at send time, never copied into a log. */
export interface Recipient {
  readonly id: string;
  readonly name: string;
  readonly phone: string | null;
  readonly language: 'zh-CN' | 'en';
  readonly optedOut: boolean;
}

export interface ClaimedDelivery {
  readonly delivery: Delivery;
  readonly recipient: Recipient;
  readonly profile: PersonProfile;
  /** Messages that this recipient was sent on this channel within 24 hours before the claim. */
  readonly sentLastDay: number;
}

/** Messages that a limit stopped and that wait for a person's word together. */
export interface HeldGroup {
  readonly subject: string;
  readonly stage: MessageStage;
  readonly channel: string;
  readonly reason: string;
  readonly count: number;
  readonly segments: number;
  readonly since: Instant;
}

export interface Outbox {
  /** Takes up to `limit` due deliveries for `holder`; superseded ones are marked on the way. No two holders get the same one. */
  claim(holder: string, now: Instant, limit: number): Promise<readonly ClaimedDelivery[]>;
  /**
   * Records the body about to be handed over, before the provider is called: what a crash is reconciled with. False, and
   * nothing recorded, when `holder` no longer holds the claim; it must not send then.
   */
  sending(id: string, holder: string, body: string, at: Instant): Promise<boolean>;
  record(
    id: string,
    result: {
      readonly state:
        | 'sent'
        | 'delivered'
        | 'failed'
        | 'undelivered'
        | 'unknown'
        | 'blocked'
        | 'superseded'
        | 'owed';
      readonly at: Instant;
      readonly providerId?: string;
      readonly segments?: number;
      readonly error?: string;
      /** With `owed`: when to try again. */
      readonly nextAttemptAt?: Instant;
      /** When the recipient's next channel is due, unless a receipt says `delivered` before; absent: never. */
      readonly fallbackAt?: Instant;
    },
  ): Promise<void>;
  /**
   * In place of the channel a claimed delivery was owed on, the same is owed on these, once per key. False, and nothing
   * done, when `holder` no longer holds the claim.
   */
  divert(id: string, holder: string, channels: readonly string[], at: Instant): Promise<boolean>;
  /** Owes the same on these channels too, once per key, while `holder` holds the claim. */
  alsoOn(id: string, holder: string, channels: readonly string[], at: Instant): Promise<void>;
  /** Deliveries whose next channel is due, the longest due first. A receipt of `failed` or `undelivered` makes it due at once. */
  fallbacksDue(now: Instant, limit: number): Promise<readonly ClaimedDelivery[]>;
  /** Owes the same on `channel`, once per key, or on none, when that is still due; then it is due no more. */
  fallBack(id: string, channel: string | null, at: Instant): Promise<void>;
  /** Segments handed over to owners of the site since then; of one subject only when it is named. */
  spent(site: string, since: Instant, subject?: string): Promise<number>;
  /** What waits for a person's word, largest first; at most 200 groups. */
  held(site: string): Promise<readonly HeldGroup[]>;
  /** Lets the deliveries of a group go (they are owed again and pass the caps) or drops them; resolves with how many. */
  decideHeld(
    site: string,
    group: Pick<HeldGroup, 'subject' | 'stage' | 'channel' | 'reason'>,
    decision: 'release' | 'drop',
    at: Instant,
  ): Promise<number>;
  /**
   * A person's word on a delivery that is `unknown`: it arrived, it is dropped, or the next channel is to be tried. False
   * when it is not unknown any more.
   */
  decideUnknown(
    site: string,
    id: string,
    decision: 'sent' | 'drop' | 'next_channel',
    at: Instant,
  ): Promise<boolean>;
  /**
   * Deliveries of a subject that ended without reaching anybody, with no other channel of the same recipient, stage and
   * revision reached or still to be tried. Newest first.
   */
  unreached(query: {
    readonly site: string;
    readonly subject: string;
    readonly limit: number;
    readonly before?: string;
  }): Promise<readonly Delivery[]>;
  /**
   * A provider's receipt, by the delivery's own (logical) channel; false when no delivery has that id there. A final state
   * is never overwritten by an earlier one.
   */
  receipt(
    channel: string,
    providerId: string,
    state: 'sent' | 'delivered' | 'failed' | 'undelivered',
    at: Instant,
    error?: string,
  ): Promise<boolean>;
  /**
   * Takes over for `holder`, as of `now`, up to `limit` deliveries claimed before `before` and never recorded: with the
   * body given to `sending`, or null when it came to no sending. No two holders get the same one.
   */
  abandoned(
    holder: string,
    now: Instant,
    before: Instant,
    limit: number,
  ): Promise<readonly (ClaimedDelivery & { readonly body: string | null })[]>;
  optOut(site: string, phone: string, optedOut: boolean, evidence: string, at: Instant): Promise<void>;
  list(query: DeliveryQuery): Promise<readonly Delivery[]>;
  /** The people behind `Delivery.recipient`, for masked lists; at most 1,000 ids a call, unknown ones are left out. */
  recipients(site: string, ids: readonly string[]): Promise<readonly Recipient[]>;
  /** Owes messages that belong to no other write; what was owed before under the same key stays as it is. */
  owe(site: string, notices: readonly Owed<MessageStage>[], at: Instant): Promise<void>;
  /** Every message to owners about one subject, with the person key they were owed by. Erased people are left out. */
  toOwners(site: string, subject: string): Promise<readonly OwnerMessage[]>;
  /** Has this recipient been sent one of these about the same subject, as far as anybody knows? */
  wasTold(
    delivery: Pick<Delivery, 'site' | 'subject' | 'recipient'>,
    stages: readonly MessageStage[],
  ): Promise<boolean>;
  /** Counts per state for one subject, of messages that had to leave by `at`: of everybody, or of owners or staff alone. */
  progress(
    site: string,
    subject: string,
    at: Instant,
    audience?: Delivery['audience'],
  ): Promise<Readonly<Record<string, number>>>;
}

/** One message to an owner, seen from who was told what. */
export interface OwnerMessage {
  /** Telephone, as in `Owed.recipient`. */
  readonly recipient: string;
  readonly stage: MessageStage;
  readonly revision: number;
  readonly premises: readonly string[];
  readonly owedAt: Instant;
  readonly state: DeliveryState;
  readonly sentAt: Instant | null;
  readonly settledAt: Instant | null;
}

export interface DeliveryQuery {
  readonly site: string;
  readonly subject?: string;
  readonly states?: readonly DeliveryState[];
  readonly limit: number;
  /** Ids are ordered by time of owing; the next page starts before this one. */
  readonly before?: string;
}
