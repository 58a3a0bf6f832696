import type { Incident } from '../incidents/incident.ts';
import type { Instant } from '../units/time.ts';

/** Messages of one incident, or of a whole run; `smsParts` is what a provider of SMS would bill for them. */
export interface NoticeCost {
  readonly owner: number;
  readonly staff: number;
  readonly smsParts: number;
}

/** What one of the two replays came to. */
export interface TrialRun {
  /** As they stood in the end. */
  readonly incidents: readonly Incident[];
  /** By incident. */
  readonly notices: ReadonlyMap<string, NoticeCost>;
  readonly interruptions: number;
  /** Minutes without supply, over all interruptions, up to the end of the trial. */
  readonly minutes: number;
  /** Inputs that detection could not handle, such as a command about a node that the change has taken away. */
  readonly passedOver: number;
}

export interface TrialSide {
  readonly incidents: number;
  readonly outages: number;
  readonly interruptions: number;
  readonly minutes: number;
  readonly passedOver: number;
  readonly notices: NoticeCost;
}

export interface TrialIncident {
  readonly kind: Incident['kind'];
  readonly root: string;
  readonly phases: Incident['phases'];
  readonly state: Incident['state'];
  readonly onset: Instant;
  readonly restoredAt: Instant | null;
  readonly units: number;
  readonly notices: NoticeCost;
}

export type TrialAspect =
  | 'kind'
  | 'root'
  | 'phases'
  | 'state'
  | 'onset'
  | 'restoredAt'
  | 'affected'
  | 'notices';

/** One incident in both runs; null on the side that does not have it. */
export interface TrialPair {
  readonly verdict: 'same' | 'changed' | 'only_before' | 'only_after';
  readonly before: TrialIncident | null;
  readonly after: TrialIncident | null;
  /** What differs, of one that both have. */
  readonly differs: readonly TrialAspect[];
}

export interface TrialResult {
  readonly before: TrialSide;
  readonly after: TrialSide;
  /** By onset; incidents that were merged into another are left out. */
  readonly incidents: readonly TrialPair[];
  /** Pairs left out because there are too many; those that differ go last. */
  readonly omitted: number;
}
