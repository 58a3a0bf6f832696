import type { PhaseText } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import type { IncidentCause } from './cause.ts';

export type IncidentKind = 'outage' | 'partial' | 'communication' | 'safety' | 'customer';

/** `state` speaks of supply only; who does what about it is the dispatch's. */
export type IncidentState = 'open' | 'restored' | 'merged' | 'retracted';

export interface AffectedUnit {
  readonly node: string;
  readonly phases: PhaseText;
  readonly from: Instant;
  readonly to: Instant | null;
  /** confirmed: its own device said so; inferred: under the root, nothing contradicts; unknown: another source may feed it. */
  readonly basis: 'confirmed' | 'inferred' | 'unknown';
}

export type TimelineEventType =
  | 'opened'
  | 'moved'
  | 'merged'
  | 'split'
  | 'affected_changed'
  | 'unit_restored'
  | 'reclassified'
  | 'flapped'
  | 'acknowledged'
  | 'amended'
  | 'outlook'
  | 'restored'
  | 'reopened'
  | 'retracted'
  | 'closed';

export interface TimelineEntry {
  readonly at: Instant;
  readonly event: TimelineEventType;
  readonly reason: string;
}

/** Words a person can read, from the numbers the verdict used. */
export interface Explanation {
  readonly 'zh-CN': string;
  readonly en: string;
}

/** One fault as people handle it. Shape and meaning of every field: DESIGN 4.3, with instants as numbers. */
export interface Incident {
  readonly id: string;
  readonly kind: IncidentKind;
  /** Id of the planned window it belongs to. */
  readonly planned: string | null;
  readonly root: string;
  readonly rootSide: 'in' | 'out' | null;
  readonly candidates: readonly string[];
  readonly phases: PhaseText;
  readonly state: IncidentState;
  readonly mergedInto: string | null;
  readonly nestedOf: string | null;
  readonly onset: Instant;
  readonly onsetEarliest: Instant;
  readonly detectedAt: Instant;
  readonly restoredAt: Instant | null;
  readonly closedAt: Instant | null;
  /** What a person found to be the reason; absent while nobody has said. */
  readonly cause?: IncidentCause;
  /** When a person expects supply to be back; absent while nobody has said. */
  readonly eta?: Instant;
  /** The announced end of this planned window has passed, and it is still dark. */
  readonly overrunOf?: string;
  readonly momentary: boolean;
  readonly flaps: number;
  /** 1/(1+e^(-margin/1000)), margin in milli-nats to the runner-up. */
  readonly confidence: number;
  readonly explanation: Explanation;
  readonly affected: readonly AffectedUnit[];
  readonly timeline: readonly TimelineEntry[];
}
