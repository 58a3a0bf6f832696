import type { Instant } from '../units/time.ts';

/** What somebody wrote to us. */
export interface InboundMessage {
  readonly id: string;
  /** '' while nobody is known by that telephone. */
  readonly site: string;
  readonly person: string | null;
  /** Of the person if there is one; null: erased. */
  readonly phone: string | null;
  readonly name: string | null;
  readonly at: Instant;
  readonly body: string;
  readonly state: 'new' | 'answered' | 'closed';
  readonly handledAt: Instant | null;
  /** User id. */
  readonly handledBy: string | null;
}

export interface InboundStore {
  /**
   * Keeps a message with the site that last wrote to this telephone, else one that knows it, else none. `providerId` names
   * it: the same again changes nothing. False when it was there already or the inbox is full.
   */
  add(message: {
    readonly providerId: string;
    readonly phone: string;
    readonly body: string;
    readonly at: Instant;
  }): Promise<boolean>;
  /** Newest first. */
  list(query: {
    readonly site: string;
    readonly state?: InboundMessage['state'];
    readonly limit: number;
    readonly before?: string;
  }): Promise<readonly InboundMessage[]>;
  get(site: string, id: string): Promise<InboundMessage | null>;
  /** False when it was handled before. */
  handle(site: string, id: string, state: 'answered' | 'closed', by: string, at: Instant): Promise<boolean>;
  /** Sites at which somebody has this telephone, and whether that person wants no messages; at most 100. */
  sitesOf(phone: string): Promise<readonly { readonly site: string; readonly optedOut: boolean }[]>;
}
