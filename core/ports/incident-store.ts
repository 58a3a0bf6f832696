import type { Changes, Command } from '../incidents/engine.ts';
import type { Incident, IncidentKind, IncidentState } from '../incidents/incident.ts';
import type { Interruption, LedgerEntry } from '../interruptions/interruption.ts';
import type { Instant } from '../units/time.ts';

export interface IngestWrite {
  readonly site: string;
  /** Journal offset of the input that caused the changes; a write at or below the site's last position is skipped. */
  readonly position: number;
  /** The lease the writer holds. */
  readonly epoch: number;
  readonly at: Instant;
  readonly changes: Changes;
}

/** The one transaction of ingest: incidents, timeline, interruptions, notices owed and event rows, all or nothing. */
export interface IncidentStore {
  apply(write: IngestWrite): Promise<'applied' | 'already' | 'lost_lease'>;
  get(site: string, id: string): Promise<Incident | null>;
  /** Newest `detectedAt` first. */
  list(query: IncidentQuery): Promise<readonly Incident[]>;
  /** The fold of the ledger for the query, oldest `from` first. */
  interruptions(query: InterruptionQuery): Promise<readonly Interruption[]>;
  /** Every ledger line of one interruption, in order. */
  ledger(site: string, interruption: string): Promise<readonly LedgerEntry[]>;
}

export interface IncidentQuery {
  readonly sites: readonly string[] | 'all';
  readonly states?: readonly IncidentState[];
  readonly kinds?: readonly IncidentKind[];
  readonly open?: boolean;
  /** Returns those detected strictly before (at, id): the cursor of the next page. */
  readonly before?: { readonly at: Instant; readonly id: string };
  readonly limit: number;
}

export interface InterruptionQuery {
  readonly site: string;
  readonly incident?: string;
  readonly premises?: string | readonly string[];
  readonly open?: boolean;
  /** Overlapping [from, to). */
  readonly from?: Instant;
  readonly to?: Instant;
  /** Returns those strictly after (from, id): the cursor of the next page. */
  readonly after?: { readonly from: Instant; readonly id: string };
  readonly limit: number;
}

/** A site belongs to one ingest instance at a time; the epoch grows with every new holder (fencing). Time is the database's. */
export interface LeaseStore {
  /** The epoch when the lease is now ours, null while another holds it. */
  acquire(site: string, holder: string, ttl_ms: number): Promise<number | null>;
  renew(site: string, holder: string, epoch: number, ttl_ms: number): Promise<boolean>;
  release(site: string, holder: string, epoch: number): Promise<void>;
}

/** Commands by people on their durable way to the journal. */
export interface CommandQueue {
  /** Returns the command's id. `key` makes a repeat of the same request return the first id. */
  add(site: string, command: Command, by: string, at: Instant, key?: string): Promise<string>;
  /** Oldest first, not yet taken. */
  waiting(
    site: string,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly command: Command }[]>;
  taken(site: string, ids: readonly string[]): Promise<void>;
}
