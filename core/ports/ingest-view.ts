import type { NodeState } from '../incidents/engine.ts';
import type { Instant } from '../units/time.ts';
import type { LiveValue } from './bus.ts';

/** How far one reader of the journal is behind its end. */
export interface JournalLag {
  readonly reader: string;
  readonly records: number;
  /** Age of the oldest record it has not passed, seconds; 0 when it is at the end. */
  readonly lag_s: number;
  /** Why it stands still, if it does: the class or code of the error, no address or secret. */
  readonly error: string | null;
}

export interface IngestStatus {
  /** False while the broker, the journal or a source refuses work. */
  readonly accepting: boolean;
  readonly startedAt: Instant;
  readonly lastMessageAt: Instant | null;
  readonly accepted: number;
  /** Refused messages by reason, since the start. */
  readonly refused: Readonly<Record<string, number>>;
  readonly journalFull: boolean;
  readonly readers: readonly JournalLag[];
  /** The last span in which this process did not listen. */
  readonly blind: { readonly from: Instant; readonly to: Instant } | null;
}

/** What the API reads of an ingest that runs in the same process; synchronous, from memory. */
export interface IngestView {
  status(): IngestStatus;
  nodeStates(site: string): readonly NodeState[];
  /** Whether detection can still amend the incident. */
  remembers(site: string, incident: string): boolean;
  /** Devices that people took out of service, beside those of the site file. */
  outOfService(site: string): readonly string[];
  /** The newest values of every device of the site that has sent any. */
  latest(site: string): readonly LiveValue[];
}
