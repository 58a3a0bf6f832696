import type { Instant } from '../units/time.ts';

export interface OutgoingMessage {
  /** E.164 for SMS and voice. */
  readonly to: string;
  readonly body: string;
  readonly language: 'zh-CN' | 'en';
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
