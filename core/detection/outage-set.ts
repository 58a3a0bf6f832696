import { ALL_PHASES, type PhaseMask } from '../units/phases.ts';
import type { SolverTree } from './solver-tree.ts';

/** One fault of the maximum-likelihood set. */
export interface Fault {
  readonly group: number;
  readonly phases: PhaseMask;
  /** Evidence minus cost, milli-nats. */
  readonly gain: number;
  /** Distance to the runner-up, milli-nats. */
  readonly margin: number;
}

/** Milli-nats per phase. */
export type PerPhase = readonly [number, number, number];

export interface OutageSet {
  /**
   * Adds evidence at a group: for a loss where positive; `quiet` takes back this meter's share of the missing gasps, `lit`
   * counts sensors shown to be live.
   */
  add(group: number, evidence: PerPhase, quiet: PerPhase, lit?: number): void;
  /** How many sensors at or below a group were shown to be live. */
  litBelow(group: number): number;
  /** From now on meters that could have gasped and have not count. */
  countMissingGasps(): void;
  /** The most likely set of faults, exactly; empty when nothing failing is likelier. */
  extract(): Fault[];
}

/** Layout of one touched group: L per phase, quiet per phase, S per mask, B per mask, live sensors, touched children as a list. */
const EVIDENCE = 0;
const QUIET = 3;
const CHILDREN = 6;
const BEST = 14;
const LIT = 22;
const GROUP = 23;
/** Slots plus one; 0 ends the list. */
const FIRST_CHILD = 24;
const NEXT_SIBLING = 25;
const WIDTH = 26;

/**
 * Exact maximum-likelihood outage set on the tree, kept up to date by one walk to the root per change.
 *
 * With `mask` the phases already dead above: B(v, mask) = max over S within the others of
 * [S not empty: sum of L over S - cost(v, S)] + sum over children of B(child, mask | S). Integers throughout, so the
 * state is a function of the evidence alone and not of its order. Only touched groups take memory; for the others B is 0,
 * because missing gasps alone never speak for a loss.
 */
export function createOutageSet(tree: SolverTree): OutageSet {
  const slotOf = new Map<number, number>();
  let data = new Int32Array(WIDTH * 64);
  let missing = false;
  const sums = new Int32Array(8);
  const before = new Int32Array(8);

  function slot(group: number): number {
    let at = slotOf.get(group);
    if (at === undefined) {
      at = slotOf.size * WIDTH;
      slotOf.set(group, at);
      if (at + WIDTH > data.length) {
        const grown = new Int32Array(data.length * 2);
        grown.set(data);
        data = grown;
      }
      data[at + GROUP] = group;
      const up = tree.parent[group] ?? -1;
      if (up >= 0) link(slot(up), at);
    }
    return at;
  }

  function link(parent: number, child: number): void {
    data[child + NEXT_SIBLING] = data[parent + FIRST_CHILD] ?? 0;
    data[parent + FIRST_CHILD] = child + 1;
  }

  /** Evidence for a loss of each set of phases, missing gasps included. */
  function sumEvidence(group: number, at: number): void {
    for (let phase = 0; phase < 3; phase++) {
      let value = data[at + EVIDENCE + phase] ?? 0;
      if (missing) value += (tree.gaspable[3 * group + phase] ?? 0) - (data[at + QUIET + phase] ?? 0);
      sums[1 << phase] = value;
    }
    const a = sums[1] ?? 0;
    const b = sums[2] ?? 0;
    const c = sums[4] ?? 0;
    sums[3] = a + b;
    sums[5] = a + c;
    sums[6] = b + c;
    sums[7] = a + b + c;
  }

  /** Gain of assuming a fault on `lost` here, with `mask` dead above. */
  function gainOf(group: number, at: number, mask: PhaseMask, lost: PhaseMask): number {
    return (
      (sums[lost] ?? 0) - (tree.cost[8 * group + lost] ?? 0) + (data[at + CHILDREN + (mask | lost)] ?? 0)
    );
  }

  function solve(group: number, at: number): void {
    sumEvidence(group, at);
    for (let mask = 0; mask < ALL_PHASES; mask++) {
      const free = ALL_PHASES & ~mask;
      let best = data[at + CHILDREN + mask] ?? 0;
      for (let lost = free; lost > 0; lost = (lost - 1) & free) {
        const gain = gainOf(group, at, mask, lost);
        if (gain > best) best = gain;
      }
      data[at + BEST + mask] = best;
    }
  }

  function addChildren(at: number, delta: Int32Array): boolean {
    let moved = false;
    for (let mask = 0; mask < ALL_PHASES; mask++) {
      const change = delta[mask] ?? 0;
      if (change === 0) continue;
      data[at + CHILDREN + mask] = (data[at + CHILDREN + mask] ?? 0) + change;
      moved = true;
    }
    return moved;
  }

  function add(start: number, evidence: PerPhase, quiet: PerPhase, lit = 0): void {
    let [a, b, c] = evidence;
    let [qa, qb, qc] = quiet;
    before.fill(0);
    for (let group = start; group >= 0; group = tree.parent[group] ?? -1) {
      const at = slot(group);
      const moved = addChildren(at, before);
      const weighs = moved || (a | b | c | qa | qb | qc) !== 0;
      if (!weighs && lit === 0) return;
      if (lit !== 0) data[at + LIT] = (data[at + LIT] ?? 0) + lit;
      if (!weighs) continue;
      const barrier = tree.barrier[group] === 1;
      const pa = barrier ? passes(data[at] ?? 0, a) : a;
      const pb = barrier ? passes(data[at + 1] ?? 0, b) : b;
      const pc = barrier ? passes(data[at + 2] ?? 0, c) : c;
      data[at] = (data[at] ?? 0) + a;
      data[at + 1] = (data[at + 1] ?? 0) + b;
      data[at + 2] = (data[at + 2] ?? 0) + c;
      data[at + QUIET] = (data[at + QUIET] ?? 0) + qa;
      data[at + QUIET + 1] = (data[at + QUIET + 1] ?? 0) + qb;
      data[at + QUIET + 2] = (data[at + QUIET + 2] ?? 0) + qc;
      for (let mask = 0; mask < ALL_PHASES; mask++) before[mask] = data[at + BEST + mask] ?? 0;
      solve(group, at);
      for (let mask = 0; mask < ALL_PHASES; mask++) {
        before[mask] = (data[at + BEST + mask] ?? 0) - (before[mask] ?? 0);
      }
      [a, b, c] = [pa, pb, pc];
      if (barrier) [qa, qb, qc] = [0, 0, 0];
    }
  }

  function countMissingGasps(): void {
    if (missing) return;
    missing = true;
    const touched = [...slotOf.keys()].sort((x, y) => y - x);
    for (const at of slotOf.values()) data.fill(0, at + CHILDREN, at + BEST);
    for (const group of touched) {
      const at = slot(group);
      solve(group, at);
      const up = tree.parent[group] ?? -1;
      if (up >= 0) addChildren(slot(up), data.subarray(at + BEST, at + BEST + 8));
    }
  }

  function litBelow(group: number): number {
    const at = slotOf.get(group);
    return at === undefined ? 0 : (data[at + LIT] ?? 0);
  }

  /** The best choice at a group and what the next best would lose. */
  function choose(group: number, at: number, mask: PhaseMask): { lost: PhaseMask; margin: number } {
    sumEvidence(group, at);
    const none = data[at + CHILDREN + mask] ?? 0;
    const free = ALL_PHASES & ~mask;
    let lost = 0;
    let first = none;
    let second = Number.NEGATIVE_INFINITY;
    for (let tried = free; tried > 0; tried = (tried - 1) & free) {
      const gain = gainOf(group, at, mask, tried);
      const wins = gain > first || (lost === 0 && gain === first && gain > 0);
      if (wins) {
        second = Math.max(second, first);
        first = gain;
        lost = tried;
      } else if (isRival(group, lost, tried)) {
        second = Math.max(second, gain);
      }
    }
    return { lost, margin: first - second };
  }

  /** Phases on which nothing below testifies make no different story. */
  function isRival(group: number, lost: PhaseMask, tried: PhaseMask): boolean {
    const seen = tree.observable[group] ?? 0;
    return (lost & seen) !== (tried & seen);
  }

  function extract(): Fault[] {
    const faults: Fault[] = [];
    const stack = tree.roots.flatMap((group) => {
      const at = slotOf.get(group);
      return at === undefined ? [] : [{ at, mask: 0, margin: Number.POSITIVE_INFINITY }];
    });
    for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
      const { at, mask } = item;
      if ((data[at + BEST + mask] ?? 0) <= 0) continue;
      const group = data[at + GROUP] ?? 0;
      const { lost, margin } = choose(group, at, mask);
      const least = Math.min(item.margin, margin);
      if (lost !== 0) {
        const gain = (sums[lost] ?? 0) - (tree.cost[8 * group + lost] ?? 0);
        faults.push({ group, phases: lost, gain, margin: least });
      }
      const below = mask | lost;
      if (below === ALL_PHASES) continue;
      const inherited = lost === 0 ? least : Number.POSITIVE_INFINITY;
      for (const child of promising(at, below)) stack.push({ at: child, mask: below, margin: inherited });
    }
    return faults;
  }

  /** Slots of the children that gain something below `mask`, in the order of their groups and not of their evidence. */
  function promising(at: number, mask: PhaseMask): number[] {
    const slots: number[] = [];
    for (let next = data[at + FIRST_CHILD] ?? 0; next !== 0; next = data[next - 1 + NEXT_SIBLING] ?? 0) {
      if ((data[next - 1 + BEST + mask] ?? 0) > 0) slots.push(next - 1);
    }
    return slots.sort((x, y) => (data[x + GROUP] ?? 0) - (data[y + GROUP] ?? 0));
  }

  return { add, litBelow, countMissingGasps, extract };
}

/** How much of a change gets past a barrier: only what is left over for darkness. */
function passes(present: number, change: number): number {
  return Math.max(0, present + change) - Math.max(0, present);
}
