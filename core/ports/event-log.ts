import type { Instant } from '../units/time.ts';

export type EventType =
  | 'incident'
  | 'interruption'
  | 'notice'
  | 'delivery'
  | 'estimate'
  | 'dispatch'
  | 'site'
  | 'ingest'
  | 'person'
  | 'claim'
  | 'facts'
  | 'attribution';

/** A committed change. `seq` is per site, gapless, and commit order is seq order. */
export interface EventRow {
  readonly site: string;
  readonly seq: number;
  readonly at: Instant;
  readonly type: EventType;
  /**
   * The object as the API shows it, instants as text: `incident` and `interruption` whole (an incident with very many units
   * has `affected` empty and their number in `affectedOmitted`), `notice` {incident, stage, audience, recipients, at},
   * `estimate` {incidents: [{incident, premises, state}], at},
   * `facts` {subjects, from} (the earliest local date told of), `attribution` {incident},
   * `dispatch` {incident, state, severity, engineer, at} (engineer: a person id), `site` {id, name, simulated, savedAt},
   * `claim` {incidents: [{incident, claims, reassess}], fund: whether money moved, at}.
   */
  readonly body: unknown;
}

export interface EventLog {
  read(site: string, after: number, limit: number): Promise<readonly EventRow[]>;
  /** The newest seq of the site; 0 when it has none. */
  head(site: string): Promise<number>;
  /** How far a named consumer has come; 0 at first. */
  cursor(consumer: string, site: string): Promise<number>;
  advance(consumer: string, site: string, seq: number): Promise<void>;
  /** Adds one row in a transaction of its own; returns its seq. */
  append(site: string, at: Instant, type: EventType, body: unknown): Promise<number>;
}
