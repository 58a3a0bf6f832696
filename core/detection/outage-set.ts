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

/** Layout of one touched group: L per phase, quiet per phase, S per mask, B per mask, live sensors, what the cheapest fault costs, links as slots plus one (0: none). */
const EVIDENCE = 0;
const QUIET = 3;
const CHILDREN = 6;
const BEST = 14;
const LIT = 22;
const GROUP = 23;
const UP = 24;
const FIRST_CHILD = 25;
const NEXT_SIBLING = 26;
const LEAST_COST = 27;
const WIDTH = 28;

/**
 * Exact maximum-likelihood outage set on the tree, kept up to date by one walk to the root per change.
 *
 * With `mask` the phases already dead above: B(v, mask) = max over S within the others of
 * [S not empty: sum of L over S - cost(v, S)] + sum over children of B(child, mask | S). Integers throughout, so the
 * state is a function of the evidence alone and not of its order. Only touched groups take memory; for the others B is 0,
 * because missing gasps alone never speak for a loss.
 *
 * B falls as `mask` grows, so where no evidence can pay for the cheapest fault B(v, ·) is S(v, ·): most groups on the way
 * up only pass the change on.
 */
export function createOutageSet(tree: SolverTree): OutageSet {
  /** By group: its slot plus one. */
  const slotOf = new Int32Array(tree.parent.length);
  let used = 0;
  let data = new Int32Array(WIDTH * 64);
  let missing = false;
  const sums = new Int32Array(8);
  const change = new Int32Array(8);

  function slot(group: number): number {
    const known = (slotOf[group] ?? 0) - 1;
    if (known >= 0) return known;
    const at = used;
    used += WIDTH;
    slotOf[group] = at + 1;
    if (used > data.length) {
      const grown = new Int32Array(data.length * 2);
      grown.set(data);
      data = grown;
    }
    data[at + GROUP] = group;
    data[at + LEAST_COST] = leastCost(tree, group);
    const up = tree.parent[group] ?? -1;
    if (up >= 0) link(slot(up), at);
    return at;
  }

  function link(parent: number, child: number): void {
    data[child + UP] = parent + 1;
    data[child + NEXT_SIBLING] = data[parent + FIRST_CHILD] ?? 0;
    data[parent + FIRST_CHILD] = child + 1;
  }

  /** Evidence for a loss on one phase, missing gasps included. */
  function evidenceOn(group: number, at: number, phase: number): number {
    const value = data[at + EVIDENCE + phase] ?? 0;
    if (!missing) return value;
    return value + (tree.gaspable[3 * group + phase] ?? 0) - (data[at + QUIET + phase] ?? 0);
  }

  /** Evidence for a loss of each set of phases; false when even the cheapest fault costs as much. */
  function sumEvidence(group: number, at: number): boolean {
    const a = evidenceOn(group, at, 0);
    const b = evidenceOn(group, at, 1);
    const c = evidenceOn(group, at, 2);
    sums[1] = a;
    sums[2] = b;
    sums[3] = a + b;
    sums[4] = c;
    sums[5] = a + c;
    sums[6] = b + c;
    sums[7] = a + b + c;
    return Math.max(a, 0) + Math.max(b, 0) + Math.max(c, 0) > (data[at + LEAST_COST] ?? 0);
  }

  /** Gain of assuming a fault on `lost` here, with `mask` dead above. */
  function gainOf(group: number, at: number, mask: PhaseMask, lost: PhaseMask): number {
    return (
      (sums[lost] ?? 0) - (tree.cost[8 * group + lost] ?? 0) + (data[at + CHILDREN + (mask | lost)] ?? 0)
    );
  }

  /** Renews B of a group and leaves in `change` by how much; false when it stays. */
  function solve(group: number, at: number): boolean {
    const pays = sumEvidence(group, at);
    let moved = false;
    for (let mask = 0; mask < ALL_PHASES; mask++) {
      let best = data[at + CHILDREN + mask] ?? 0;
      if (pays) {
        const free = ALL_PHASES & ~mask;
        for (let lost = free; lost > 0; lost = (lost - 1) & free) {
          const gain = gainOf(group, at, mask, lost);
          if (gain > best) best = gain;
        }
      }
      const difference = best - (data[at + BEST + mask] ?? 0);
      change[mask] = difference;
      if (difference === 0) continue;
      data[at + BEST + mask] = best;
      moved = true;
    }
    return moved;
  }

  function addChange(at: number): void {
    for (let mask = 0; mask < ALL_PHASES; mask++) {
      data[at + CHILDREN + mask] = (data[at + CHILDREN + mask] ?? 0) + (change[mask] ?? 0);
    }
  }

  function add(start: number, evidence: PerPhase, quiet: PerPhase, lit = 0): void {
    let [a, b, c] = evidence;
    let [qa, qb, qc] = quiet;
    let moved = false;
    for (let at = slot(start); at >= 0; at = (data[at + UP] ?? 0) - 1) {
      if (moved) addChange(at);
      const weighs = moved || (a | b | c | qa | qb | qc) !== 0;
      if (!weighs && lit === 0) return;
      if (lit !== 0) data[at + LIT] = (data[at + LIT] ?? 0) + lit;
      if (!weighs) continue;
      const group = data[at + GROUP] ?? 0;
      const [la, lb, lc] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
      data[at] = la + a;
      data[at + 1] = lb + b;
      data[at + 2] = lc + c;
      data[at + QUIET] = (data[at + QUIET] ?? 0) + qa;
      data[at + QUIET + 1] = (data[at + QUIET + 1] ?? 0) + qb;
      data[at + QUIET + 2] = (data[at + QUIET + 2] ?? 0) + qc;
      moved = solve(group, at);
      if (tree.barrier[group] !== 1) continue;
      a = passes(la, a);
      b = passes(lb, b);
      c = passes(lc, c);
      qa = qb = qc = 0;
    }
  }

  function countMissingGasps(): void {
    if (missing) return;
    missing = true;
    const groups = Int32Array.from({ length: used / WIDTH }, (_, i) => data[i * WIDTH + GROUP] ?? 0);
    for (let at = 0; at < used; at += WIDTH) data.fill(0, at + CHILDREN, at + LIT);
    for (const group of groups.sort().reverse()) {
      const at = slot(group);
      solve(group, at);
      const up = (data[at + UP] ?? 0) - 1;
      if (up >= 0) addChange(up);
    }
  }

  function litBelow(group: number): number {
    const at = (slotOf[group] ?? 0) - 1;
    return at < 0 ? 0 : (data[at + LIT] ?? 0);
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
      const at = (slotOf[group] ?? 0) - 1;
      return at < 0 ? [] : [{ at, mask: 0, margin: Number.POSITIVE_INFINITY }];
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

function leastCost(tree: SolverTree, group: number): number {
  let least = tree.cost[8 * group + ALL_PHASES] ?? 0;
  for (let lost = 1; lost < ALL_PHASES; lost++) least = Math.min(least, tree.cost[8 * group + lost] ?? 0);
  return least;
}

/** How much of a change gets past a barrier: only what is left over for darkness. */
function passes(present: number, change: number): number {
  return Math.max(0, present + change) - Math.max(0, present);
}
