import type { Dispatch } from '../dispatch/dispatch.ts';
import type { MessageStage, Owed } from '../notices/notice.ts';
import type { Instant } from '../units/time.ts';

export interface StoredDispatch {
  readonly dispatch: Dispatch;
  /** Grows by one with every change. */
  readonly version: number;
}

/** A change of a dispatch together with the messages it owes: one transaction, so neither exists without the other. */
export interface DispatchWrite {
  readonly dispatch: Dispatch;
  readonly notices: readonly Owed<MessageStage>[];
  readonly at: Instant;
}

export interface DispatchStore {
  /** Adds the dispatch of an incident; false, and nothing stored, when the incident has one. */
  open(write: DispatchWrite): Promise<boolean>;
  /** False, and nothing stored, when somebody changed it since `ifVersion`. */
  save(write: DispatchWrite, ifVersion: number): Promise<boolean>;
  ofIncident(site: string, incident: string): Promise<StoredDispatch | null>;
  byId(id: string): Promise<StoredDispatch | null>;
  /** Newest first. */
  list(query: DispatchQuery): Promise<readonly StoredDispatch[]>;
  /** Those with a step due before `now`, and those whose owners are still to be informed. */
  due(now: Instant, limit: number): Promise<readonly StoredDispatch[]>;
  /** Those not ended at the sites where this telephone belongs to somebody, with that person's id. */
  ofPhone(phone: string, limit: number): Promise<readonly (StoredDispatch & { readonly person: string })[]>;
  /** How far owners and estimates of an incident have got. */
  informed(site: string, incident: string): Promise<Informed>;
  /** The key links are signed with: `fresh` on the first call ever, afterwards what was stored then. */
  linkKey(fresh: string): Promise<string>;
  addPhoto(photo: Photo): Promise<void>;
  /** What is stored already: photos of the incident, and base64 characters of all photos of the site. */
  photosStored(
    site: string,
    incident: string,
  ): Promise<{ readonly ofIncident: number; readonly characters: number }>;
  photo(site: string, id: string): Promise<Photo | null>;
}

export interface DispatchQuery {
  readonly site: string;
  readonly active?: boolean;
  /** Returns those opened strictly before (at, id): the cursor of the next page. */
  readonly before?: { readonly at: Instant; readonly id: string };
  readonly limit: number;
}

export interface Informed {
  /** Owners' first messages that nobody has taken or that wait for a person. */
  readonly pending: number;
  /** Owners' first messages that wait for the end of their quiet hours. */
  readonly held: number;
  /** Owners' first messages the provider took. */
  readonly told: number;
  readonly lastToldAt: Instant | null;
  readonly firstEstimateAt: Instant | null;
}

export interface Photo {
  readonly site: string;
  readonly id: string;
  readonly incident: string;
  readonly at: Instant;
  readonly by: string;
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp';
  readonly base64: string;
}
