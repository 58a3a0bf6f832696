import type { PlannedRules } from './outage.ts';

export interface PlannedSettings extends Omit<PlannedRules, 'grace_s'> {
  /** What one SMS segment costs, for the preview; null: not known. Decimal text. */
  readonly segmentPrice: { readonly amount: string; readonly currency: string } | null;
}

/** A week and a day before, as the common supply rules ask, and a reminder between. */
export const PLANNED_DEFAULTS: PlannedSettings = {
  required_h: [168, 24],
  ahead_h: [168, 72, 24],
  segmentPrice: null,
};
