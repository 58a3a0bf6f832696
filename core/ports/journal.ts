import type { Instant } from '../units/time.ts';

/** `message`: one accepted MQTT publish or Modbus poll. `command`: JSON of a Command. `tick`: one whole second passed. */
export type JournalKind = 'message' | 'command' | 'tick';

export interface JournalRecord {
  /** Ordinal of the record since the journal began: consecutive, never reused. */
  readonly offset: number;
  readonly kind: JournalKind;
  /** Arrival; never falls from one record to the next. */
  readonly at: Instant;
  /** For a command and a tick: the site id, or '' for every site. */
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Handed out from a broker's store on subscription: of unknown age, no evidence. */
  readonly stored: boolean;
}

/** What a sender learns: committed (undefined), or the journal is full or broken and the message was not taken. */
export type Committed = (error?: JournalError) => void;

/** The journal cannot take more: full (a reader is too far behind) or its disk failed. Always worth retrying later. */
export class JournalError extends Error {
  readonly code: 'journal_full' | 'journal_failed';
  constructor(code: 'journal_full' | 'journal_failed', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JournalError';
    this.code = code;
  }
}

/** The durable, append-only record of everything ingest accepted. One writer. */
export interface Journal {
  /** Takes one record; `committed` runs after the fdatasync that made it durable. While full, `committed` is held back (senders wait). */
  append(kind: JournalKind, topic: string, payload: Uint8Array, stored: boolean, committed: Committed): void;
  /** Up to `limit` durable records from `offset` on, in order; empty when the reader is at the end. */
  read(offset: number, limit: number): Promise<readonly JournalRecord[]>;
  /** The offset the next record will get. */
  end(): number;
  /** Runs `listener` after each commit with the new end; returns its undo. */
  onCommitted(listener: (end: number) => void): () => void;
  /** A named reader has durably finished with everything below `offset`; segments below all readers are deleted. */
  passed(reader: string, offset: number): Promise<void>;
  /** Where a named reader stands; 0 when it has never passed anything. */
  position(reader: string): number;
  close(): Promise<void>;
}

/** Where sources hand over what they received; `done` is the leave to acknowledge. Implemented by ingest, used by broker and sources. */
export interface MessageIntake {
  accept(topic: string, payload: Uint8Array, stored: boolean, done: Committed): void;
}
