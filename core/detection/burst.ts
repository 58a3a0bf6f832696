import type { Instant } from '../units/time.ts';
import { type Claim, darkPhases, newClaim, owesGasp, weigh } from './claim.ts';
import { createOutageSet, type OutageSet, type PerPhase } from './outage-set.ts';
import type { Sensor } from './sensors.ts';
import { gaspShare, type SolverTree } from './solver-tree.ts';
import type { Weights } from './weights.ts';

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
  /** Earliest proof of restoration. */
  restored: Instant;
  readonly claims: Map<number, Claim>;
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
    claims: new Map(),
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
  /** Lets `edit` change the claim of a sensor and carries the difference to the root. */
  change(sensor: number, edit: (claim: Claim) => void): Claim;
}

export function createJudge(
  burst: Burst,
  tree: SolverTree,
  sensors: readonly Sensor[],
  weights: Weights,
): Judge {
  const set = createOutageSet(tree);

  const dark = new Map<number, Claim>();
  let edits = 0;

  function change(sensor: number, claim: Claim, edit: ((claim: Claim) => void) | null): void {
    const facts = sensors[sensor];
    const was = edit === null ? NOTHING : weigh(claim, weights);
    const wasQuiet = edit === null ? NOTHING : quietOf(claim, facts, weights);
    const wasLit = edit !== null && claim.lit !== 0 ? 1 : 0;
    edit?.(claim);
    if (darkPhases(claim) !== 0) dark.set(sensor, claim);
    else dark.delete(sensor);
    const group = groupOf(tree, facts);
    if (group < 0) return;
    const evidence = difference(weigh(claim, weights), was);
    const quiet = difference(quietOf(claim, facts, weights), wasQuiet);
    set.add(group, evidence, quiet, (claim.lit !== 0 ? 1 : 0) - wasLit);
  }

  for (const claim of burst.claims.values()) change(claim.sensor, claim, null);
  if (burst.gaspsDue) set.countMissingGasps();

  return {
    set,
    dark,
    edits: () => edits,
    change(sensor, edit) {
      edits += 1;
      const known = burst.claims.get(sensor);
      const claim = known ?? newClaim(sensor);
      if (known === undefined) {
        edit(claim);
        burst.claims.set(sensor, claim);
      }
      change(sensor, claim, known === undefined ? null : edit);
      burst.dirty = true;
      return claim;
    },
  };
}

const NOTHING: PerPhase = [0, 0, 0];

function groupOf(tree: SolverTree, sensor: Sensor | undefined): number {
  if (sensor === undefined || sensor.node < 0 || !sensor.device.inService) return -1;
  return tree.groupOf[sensor.vertex] ?? -1;
}

function quietOf(claim: Claim, sensor: Sensor | undefined, weights: Weights): PerPhase {
  if (sensor === undefined || !sensor.gasps || owesGasp(claim)) return NOTHING;
  return gaspShare(sensor.phases, weights);
}

function difference(a: PerPhase, b: PerPhase): PerPhase {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
