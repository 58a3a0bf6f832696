import type { Price } from '../notices/cost.ts';
import type { Instant } from '../units/time.ts';

/** What a carrier that allows registered texts only is given in place of a body. */
export interface MessageTemplate {
  readonly stage: string;
  readonly audience: 'owner' | 'staff';
  readonly parameters: Readonly<Record<string, string>>;
}

export interface OutgoingMessage {
  /** E.164 for SMS and voice, an address for e-mail; what stands behind a desk's channel is in its settings. */
  readonly to: string;
  readonly body: string;
  readonly language: 'zh-CN' | 'en';
  /** The same on every try of one message; a provider with room for a reference of ours is given it. */
  readonly key?: string;
  readonly template?: MessageTemplate;
}

/** What a provider or a carrier allows. */
export interface ChannelLimits {
  readonly perSecond?: number;
  readonly perMinute?: number;
  /** To one recipient within 24 hours, counted when handed over. */
  readonly perRecipientPerDay?: number;
  /** The same text to one recipient: at most `count` within `within_ms`. */
  readonly sameText?: readonly { readonly count: number; readonly within_ms: number }[];
}

/**
 * accepted: the provider has it, once. refused: will never be accepted as it is. later: nothing was accepted, try again.
 * unknown: it may have been accepted; never resend blindly. Codes are stable words and `detail` holds no personal data.
 * Two codes mean the same on every channel: a refusal `opted_out` (the recipient told the provider so), and `server_error`
 * for later (the provider failed and says it took nothing; it is asked before the next try).
 */
export type SendOutcome =
  | { readonly outcome: 'accepted'; readonly providerId: string; readonly segments: number }
  | { readonly outcome: 'refused'; readonly code: string; readonly detail: string }
  | { readonly outcome: 'later'; readonly code: string; readonly detail: string; readonly after_ms?: number }
  | { readonly outcome: 'unknown'; readonly code: string; readonly detail: string };

/** One way to reach people. Never throws for an expected outcome. */
export interface Channel {
  readonly id: string;
  readonly limits?: ChannelLimits;
  /** Of one segment; absent: not known. */
  readonly price?: Price;
  /** True when this channel, as it is set up, hears whether a message arrived: silence then says something. */
  readonly receipts?: boolean;
  send(message: OutgoingMessage, signal: AbortSignal): Promise<SendOutcome>;
  /**
   * What the provider has accepted for this recipient with exactly this body since then; absent where it cannot be
   * asked. Rejects with ChannelUnavailable.
   */
  findSent?(
    message: OutgoingMessage,
    since: Instant,
  ): Promise<readonly { readonly providerId: string; readonly at: Instant }[]>;
}

/** The provider could not be asked; asking again later is worth while. */
export class ChannelUnavailable extends Error {
  readonly retryable = true;
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ChannelUnavailable';
  }
}
