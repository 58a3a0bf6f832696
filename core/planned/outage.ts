import type { Instant } from '../units/time.ts';

export type WorkKind = 'maintenance' | 'repair' | 'upgrade' | 'inspection' | 'utility';

/** overrun: still dark after the announced end and its grace; an incident of its own goes on from there. */
export type PlannedState = 'announced' | 'running' | 'ended' | 'overrun' | 'cancelled';

/** What one person was last told of it. */
export interface ToldPlan {
  readonly premises: readonly string[];
  /** Version of the window. */
  readonly version: number;
  readonly at: Instant;
}

/** Why people are told later than the rules ask. */
export interface Exemption {
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
  /** The periods that can no longer be kept, hours. */
  readonly missed_h: readonly number[];
}

export interface PlannedEntry {
  readonly at: Instant;
  readonly by: string;
  readonly event: 'announced' | 'moved' | 'cancelled' | 'finished' | 'started' | 'ended' | 'overrun';
  readonly note: string | null;
}

export interface PlannedRules {
  /** Notice that must have reached people so long before the beginning, hours. */
  readonly required_h: readonly number[];
  /** When people are told and reminded before the beginning, hours. */
  readonly ahead_h: readonly number[];
  /** After the announced end, before darkness counts as an overrun, seconds. */
  readonly grace_s: number;
}

/** A window in which nodes are switched off on purpose: plain data, changed only by the functions of this folder. */
export interface PlannedOutage {
  readonly id: string;
  readonly site: string;
  readonly nodes: readonly string[];
  readonly work: WorkKind;
  readonly note: string | null;
  readonly from: Instant;
  readonly to: Instant;
  /** Counts the windows it has had; people and detection are told of each once. */
  readonly version: number;
  /** Since when this window stands. */
  readonly windowSince: Instant;
  /** Version that detection was told of. */
  readonly bound: number;
  readonly announcedAt: Instant;
  readonly rules: PlannedRules;
  readonly exemption: Exemption | null;
  readonly state: PlannedState;
  /** By person key. */
  readonly told: Readonly<Record<string, ToldPlan>>;
  /** Newest revision told, by `recipient stage`. */
  readonly revisions: Readonly<Record<string, number>>;
  readonly steps: readonly { readonly key: string; readonly at: Instant }[];
  readonly history: readonly PlannedEntry[];
}

export function isOver({ state }: Pick<PlannedOutage, 'state'>): boolean {
  return state === 'ended' || state === 'overrun' || state === 'cancelled';
}
