import type { HandWritten } from '../notices/hand-text.ts';
import type { MessageStage, Owed } from '../notices/notice.ts';
import type { Instant } from '../units/time.ts';

/** A message that a person wrote to many. */
export interface HandMessage extends HandWritten {
  readonly site: string;
  readonly at: Instant;
  readonly by: string;
  /** Whom it was meant for, as it was asked for. */
  readonly target: unknown;
  readonly recipients: number;
}

export interface HandMessageStore {
  /**
   * Keeps the message and owes it to all, in one transaction. `request` names the wish to send it: the same again changes
   * nothing and resolves with the first one.
   */
  send(message: HandMessage, request: string, notices: readonly Owed<MessageStage>[]): Promise<HandMessage>;
  get(site: string, id: string): Promise<HandMessage | null>;
  /** Newest first. */
  list(site: string, limit: number): Promise<readonly HandMessage[]>;
}
