import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import { type Claim, darkPhases, newClaim, owesGasp, weighPhase } from './claim.ts';
import { createOutageSet, type OutageSet } from './outage-set.ts';
import type { Sensor, Vertex } from './sensors.ts';
import { gaspShare, type SolverTree } from './solver-tree.ts';
import type { Weights } from './weights.ts';

/** Instants of different devices agree to about this. */
export const CLOCK_ERROR_MS = 500;

/**
 * One burst of darkness: all evidence whose onset intervals [last live, first dark] share an instant. Faults that began
 * at different times are judged apart, each on its own evidence, so an old outage never drags a new one to a common
 * root, and lit readings from before the burst weigh nothing without anybody having to visit them.
 */
export interface Burst {
  readonly id: number;
  /** The common onset interval so far. */
  from: Instant;
  to: Instant;
  /** Instants of the first and the last outright report; 0 while there is none. */
  firstReport: Instant;
  lastReport: Instant;
  /** The first outright report of any sort, measured ones included; 0 while there is none. */
  firstDark: Instant;
  /** Arrival of the first and of the newest dark evidence. */
  firstHeard: Instant;
  lastHeard: Instant;
  /** Missing gasps count from now on. */
  gaspsDue: boolean;
  /** Earliest proof of restoration; those that a generator or a UPS may carry give none. */
  restored: Instant;
  /** Earliest return of those that a generator or a UPS may carry. */
  carried: Instant;
  /** Earliest return of one that had reported its loss. */
  reporterBack: Instant;
  /** Some meter lost one phase and kept another. */
  partial: boolean;
  /** Phases that anybody is known to have lost. */
  dark: PhaseMask;
  /** Somebody came back since it was last asked who came late. */
  returned: boolean;
  readonly claims: Map<number, Claim>;
  /** Gateways that went off line with it, and those of them that came back with it. */
  readonly gateways: number[];
  readonly gatewaysBack: number[];
  /** Keys of the incidents that rest on this burst. */
  records: number[];
  dirty: boolean;
  /** Learned from history: over before it was heard of. */
  past: boolean;
  /** A fault of it has not stood long enough yet. */
  waiting: boolean;
  /** Key of the incident that hid this one until it was restored; 0 for none. */
  nestedUnder: number;
  /** Number of the network it is judged on. */
  readonly topology: number;
}

export function newBurst(id: number, from: Instant, to: Instant, arrival: Instant, topology: number): Burst {
  return {
    id,
    from,
    to,
    firstDark: 0,
    firstReport: 0,
    lastReport: 0,
    firstHeard: arrival,
    lastHeard: arrival,
    gaspsDue: false,
    restored: 0,
    carried: 0,
    reporterBack: 0,
    partial: false,
    dark: 0,
    returned: false,
    claims: new Map(),
    gateways: [],
    gatewaysBack: [],
    records: [],
    dirty: true,
    past: false,
    waiting: false,
    nestedUnder: 0,
    topology,
  };
}

/** The burst's evidence put on the tree: changed only through {@link Judge.change}. */
export interface Judge {
  readonly set: OutageSet;
  /** The claims with dark evidence, by sensor. */
  readonly dark: ReadonlyMap<number, Claim>;
  /** How many changes there have been. */
  edits(): number;
  /** Says that a claim's end was edited in place. */
  touch(sensor: number): void;
  /** Sensors whose claims changed since this was last asked; null at first, when all did. */
  takeChanged(): ReadonlySet<number> | null;
  /** The same sensors where none of the changes is more than a {@link Judge.noteBack}, else null; takes nothing. */
  onlyBack(): ReadonlySet<number> | null;
  /** A sensor without evidence of its own about the loss shows supply from an instant on: it weighs nothing. */
  noteBack(sensor: number, until: Instant): void;
  /** Lets `edit` change the claim of a sensor and carries the difference to the root. */
  change(sensor: number, edit: (claim: Claim) => void): Claim;
  /** A gateway is a load of its node: that it went off line speaks for a loss there, and so does its return. */
  loseGateway(gateway: number): void;
  returnGateway(gateway: number): void;
}

export function createJudge(
  burst: Burst,
  tree: SolverTree,
  sensors: readonly Sensor[],
  /** Where each gateway takes its supply from; -1 where that is not known. */
  gatewayAt: readonly Vertex[],
  weights: Weights,
): Judge {
  const set = createOutageSet(tree);

  const dark = new Map<number, Claim>();
  let edits = 0;
  let changed: Set<number> | null = null;
  let onlyBack = false;
  // Weights of the claim at hand before and after its change: scratch, so that a change allocates nothing.
  const evidence: [number, number, number] = [0, 0, 0];
  const quiet: [number, number, number] = [0, 0, 0];

  /** Adds the claim's present weight, or takes it away. */
  function weighIn(claim: Claim, sensor: Sensor, sign: 1 | -1): void {
    for (let phase = 0; phase < 3; phase++)
      evidence[phase] = (evidence[phase] ?? 0) + sign * weighPhase(claim, phase, weights);
    if (!sensor.gasps || owesGasp(claim, sensor.phases)) return;
    const share = gaspShare(sensor.phases, weights);
    for (let phase = 0; phase < 3; phase++) quiet[phase] = (quiet[phase] ?? 0) + sign * (share[phase] ?? 0);
  }

  function change(claim: Claim, edit: ((claim: Claim) => void) | null): void {
    const sensor = sensors[claim.sensor];
    const group = groupOf(tree, sensor);
    const wasLit = edit !== null && claim.lit !== 0 ? 1 : 0;
    evidence.fill(0);
    quiet.fill(0);
    if (edit !== null && sensor !== undefined && group >= 0) weighIn(claim, sensor, -1);
    edit?.(claim);
    if (darkPhases(claim) !== 0) dark.set(claim.sensor, claim);
    else dark.delete(claim.sensor);
    if (sensor === undefined || group < 0) return;
    weighIn(claim, sensor, 1);
    set.add(group, evidence, quiet, (claim.lit !== 0 ? 1 : 0) - wasLit);
  }

  function addGateway(gateway: number, kind: 'gateway' | 'gateway_return'): void {
    const group = tree.groupOf[gatewayAt[gateway] ?? -1] ?? -1;
    if (group < 0) return;
    evidence.fill(weights.evidence(kind));
    quiet.fill(0);
    set.add(group, evidence, quiet);
  }

  function noteGateway(gateway: number, known: number[], kind: 'gateway' | 'gateway_return'): void {
    if (known.includes(gateway)) return;
    edits += 1;
    onlyBack = false;
    known.push(gateway);
    addGateway(gateway, kind);
    burst.dirty = true;
  }

  for (const claim of burst.claims.values()) change(claim, null);
  for (const gateway of burst.gateways) addGateway(gateway, 'gateway');
  for (const gateway of burst.gatewaysBack) addGateway(gateway, 'gateway_return');
  if (burst.gaspsDue) set.countMissingGasps();

  return {
    set,
    dark,
    edits: () => edits,
    touch(sensor) {
      onlyBack = false;
      changed?.add(sensor);
    },
    takeChanged() {
      const taken = changed;
      changed = new Set();
      onlyBack = true;
      return taken;
    },
    onlyBack: () => (onlyBack ? changed : null),
    noteBack(sensor, until) {
      let claim = burst.claims.get(sensor);
      if (claim === undefined) {
        claim = newClaim(sensor);
        burst.claims.set(sensor, claim);
      }
      claim.until = until;
      changed?.add(sensor);
      burst.dirty = true;
    },
    change(sensor, edit) {
      edits += 1;
      onlyBack = false;
      changed?.add(sensor);
      const known = burst.claims.get(sensor);
      const claim = known ?? newClaim(sensor);
      if (known === undefined) {
        edit(claim);
        burst.claims.set(sensor, claim);
      }
      change(claim, known === undefined ? null : edit);
      burst.dirty = true;
      return claim;
    },
    loseGateway(gateway) {
      noteGateway(gateway, burst.gateways, 'gateway');
    },
    returnGateway(gateway) {
      noteGateway(gateway, burst.gatewaysBack, 'gateway_return');
    },
  };
}

function groupOf(tree: SolverTree, sensor: Sensor | undefined): number {
  if (sensor === undefined || sensor.node < 0 || !sensor.device.inService) return -1;
  return tree.groupOf[sensor.vertex] ?? -1;
}
