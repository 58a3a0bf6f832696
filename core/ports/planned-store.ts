import type { MessageStage, Owed } from '../notices/notice.ts';
import type { PlannedOutage } from '../planned/outage.ts';
import type { PlannedSettings } from '../planned/settings.ts';
import type { Instant } from '../units/time.ts';

export interface StoredPlan {
  readonly plan: PlannedOutage;
  /** Grows by one with every change. */
  readonly version: number;
}

/** A change of a plan together with the messages it owes: one transaction. */
export interface PlanWrite {
  readonly plan: PlannedOutage;
  readonly notices: readonly Owed<MessageStage>[];
  readonly at: Instant;
}

export interface PlannedStore {
  /** False, and nothing stored, when the site has a plan of that id. */
  add(write: PlanWrite): Promise<boolean>;
  /** False, and nothing stored, when somebody changed it since `ifVersion`. */
  save(write: PlanWrite, ifVersion: number): Promise<boolean>;
  get(site: string, id: string): Promise<StoredPlan | null>;
  /** The latest beginning first. */
  list(query: {
    readonly site: string;
    /** Not over yet. */
    readonly active?: boolean;
    readonly before?: { readonly at: Instant; readonly id: string };
    readonly limit: number;
  }): Promise<readonly StoredPlan[]>;
  /** Those with something to do at `now`. */
  due(now: Instant, limit: number): Promise<readonly StoredPlan[]>;
  settings(site: string): Promise<PlannedSettings>;
  putSettings(site: string, settings: PlannedSettings, at: Instant): Promise<void>;
}
