import type { DetectionSettings, NodeKind } from '../topology/site.ts';
import type { PhaseMask } from '../units/phases.ts';

/** What can testify about a node, for (`positive`) or against a loss. */
export type EvidenceKind =
  | 'gasp'
  | 'dead_voltage'
  | 'lost_phase'
  | 'return'
  | 'told_return'
  | 'silence'
  | 'gateway'
  | 'gateway_return'
  | 'on_battery'
  | 'generator'
  | 'live_voltage'
  | 'return_live'
  | 'alive'
  | 'contact';

/** Log-likelihood ratio ln P(seen | dark) / P(seen | lit) of one piece of evidence, in nats. */
const WEIGHTS: Readonly<Record<EvidenceKind, number>> = {
  gasp: 7,
  dead_voltage: 9,
  lost_phase: 7,
  return: 5,
  told_return: 7,
  silence: 1.5,
  /** By phase: which of them it hangs on is not known. */
  gateway: 1,
  gateway_return: 3,
  on_battery: 6.5,
  generator: 8,
  live_voltage: -9,
  return_live: -9,
  alive: -3,
  contact: 6,
};

/** Probability that this is what failed, given that something did: for the device itself, and for the supply to it. */
const PRIORS: Readonly<Record<NodeKind, number>> = {
  feed: 0.002,
  transformer: 0.002,
  board: 0.002,
  breaker: 0.003,
  ats: 0.002,
  generator: 0.002,
  ups: 0.002,
  junction: 0.002,
  unit: 0.004,
};

/** A supply edge fails less often than the switching device at its end. */
const SUPPLY_SHARE = 0.5;

/** Extra cost, in milli-nats, of a fault that takes only some of a node's phases; a three-pole switch seldom does. */
const PARTIAL_COST = 1_000;
const PARTIAL_COST_SWITCH = 2_500;
/** Cost of a device that is known to stand open: it needs no fault to explain what it did. */
const KNOWN_OPEN_COST = 0;
/** Cost of a node inside its announced window. */
const PLANNED_COST = 1_000;

/** Every weight of a site as whole milli-nats, so that nothing drifts. */
export interface Weights {
  evidence(kind: EvidenceKind): number;
  /** ln(1 - gaspProbability): a meter that could have gasped and did not. Negative. */
  readonly noGasp: number;
  prior(kind: NodeKind, part: 'supply' | 'device'): number;
  readonly plannedCost: number;
  readonly openCost: number;
}

export function weightsOf(settings: DetectionSettings): Weights {
  const evidence = new Map<EvidenceKind, number>();
  for (const kind of Object.keys(WEIGHTS) as EvidenceKind[])
    evidence.set(kind, Math.round(1000 * (settings.weights[kind] ?? WEIGHTS[kind])));
  return {
    evidence: (kind) => evidence.get(kind) ?? 0,
    noGasp: Math.round(1000 * Math.log(1 - Math.min(0.999, Math.max(0, settings.gaspProbability)))),
    prior(kind, part) {
      const device = settings.priors[kind] ?? PRIORS[kind];
      return Math.min(0.5, Math.max(1e-9, part === 'device' ? device : device * SUPPLY_SHARE));
    },
    plannedCost: PLANNED_COST,
    openCost: KNOWN_OPEN_COST,
  };
}

/** ln((1 - p)/p) in milli-nats: what assuming this fault costs. */
export function costOf(probability: number): number {
  const p = Math.min(0.5, Math.max(1e-9, probability));
  return Math.round(1000 * Math.log((1 - p) / p));
}

export function partialCost(kind: NodeKind, lost: PhaseMask, carried: PhaseMask): number {
  if ((lost & carried) === carried) return 0;
  return kind === 'breaker' || kind === 'ats' ? PARTIAL_COST_SWITCH : PARTIAL_COST;
}
