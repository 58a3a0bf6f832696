import type { DetectionSettings } from './site.ts';

/** DESIGN 4.1; `priors` and `weights` may be extended by a site, key by key. */
export const DETECTION_DEFAULTS: DetectionSettings = {
  gaspHold_s: 5,
  voltageHold_s: 15,
  freshIntervals: 1.5,
  silentIntervals: 3,
  closeHold_s: 60,
  closeShare: 0.9,
  momentary_s: 300,
  flapCount: 3,
  flapWindow_s: 600,
  reopen_s: 600,
  plannedGrace_s: 600,
  reorder_s: 120,
  gaspProbability: 0.3,
  gaspDelay_s: 5,
  priors: {},
  weights: {},
};
