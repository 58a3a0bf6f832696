import type { Instant } from '../units/time.ts';

/** `message`: one accepted MQTT publish or Modbus poll. `command`: JSON of a Command. `tick`: one whole second passed. */
export type JournalKind = 'message' | 'command' | 'tick';

export interface JournalRecord {
  /**
   * Grows by one from record to record, except where the journal was opened anew: there it leaps to at least
   * {@link OFFSETS_PER_MS} times the clock. So no offset is ever used twice, not by a journal that replaces a lost one, nor by
   * another instance that takes a site over.
   */
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

/** No journal takes records faster than this, so offsets begun at different times never meet (safe integers until 2255). */
export const OFFSETS_PER_MS = 1_000;

/** What a sender learns: committed (undefined), or the journal is full or broken and the message was not taken. */
export type Committed = (error?: JournalError) => void;

/**
 * journal_full (a reader is too far behind) and journal_failed (its disk failed) are worth retrying later; journal_locked
 * (another process writes it) and journal_corrupt (a file is damaged) need a person.
 */
export type JournalErrorCode =
  | 'journal_full'
  | 'journal_failed'
  | 'journal_locked'
  | 'journal_corrupt'
  | 'journal_closed';

export class JournalError extends Error {
  readonly code: JournalErrorCode;
  constructor(code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JournalError';
    this.code = code;
  }
}

/** What a reader of the journal needs; also usable without the writer, from another thread or process. */
export interface JournalReader {
  /** Up to `limit` records from `offset` on, in order; empty when the reader is at the end. */
  read(offset: number, limit: number): Promise<readonly JournalRecord[]>;
  close(): Promise<void>;
}

/** The durable, append-only record of everything ingest accepted. One writer. */
export interface Journal extends JournalReader {
  /** Takes one record; `committed` runs after the fdatasync that made it durable. While full, `committed` is held back (senders wait). */
  append(kind: JournalKind, topic: string, payload: Uint8Array, stored: boolean, committed: Committed): void;
  /** The offset the next record will get. */
  end(): number;
  /** The end of what is durable, hence readable. */
  committedEnd(): number;
  /** Offset and time of the newest record found when the journal was opened; null when it was empty. */
  found(): { readonly end: number; readonly lastAt: Instant } | null;
  /** The oldest offset still held. */
  begin(): number;
  /** Lets the next record's offset leap (see {@link JournalRecord.offset}): needed when a site is taken over while running. */
  leap(): void;
  /** Runs `listener` after each commit with the new end; returns its undo. */
  onCommitted(listener: (end: number) => void): () => void;
  /** A named reader has durably finished with everything below `offset`; segments below all readers are deleted. */
  passed(reader: string, offset: number): Promise<void>;
  /** Where a named reader stands; 0 when it has never passed anything. */
  position(reader: string): number;
  /** How many records a reader at `offset` still has before it. */
  lag(offset: number): number;
  fill(): JournalFill;
}

export interface JournalFill {
  readonly bytes: number;
  readonly limit_bytes: number;
  /** Appended, not yet durable. */
  readonly waiting: number;
  /** Senders are being held back. */
  readonly held: 'no' | 'full' | 'failed';
}

/** Where sources hand over what they received; `done` is the leave to acknowledge. Implemented by ingest, used by broker and sources. */
export interface MessageIntake {
  accept(topic: string, payload: Uint8Array, stored: boolean, done: Committed): void;
}
