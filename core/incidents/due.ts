import type { Burst } from '../detection/burst.ts';
import { reportedDark } from '../detection/claim.ts';
import type { Instant } from '../units/time.ts';
import { forgetDrafted } from './draft.ts';
import type { Verdict } from './verdict.ts';
import type { World } from './world.ts';

/** How a burst stood when it was last reconciled. Derived: a burst without is looked at. */
interface Seen {
  readonly gaspsDue: boolean;
  /** Units were left to the next step. */
  readonly unfinished: boolean;
  /** Before this instant time alone changes nothing about it. */
  readonly due: Instant;
}

const seen = new WeakMap<Burst, Seen>();

/** Remembers when the burst has to be looked at again, if nobody says anything new about it. */
export function noteReconciled(world: World, burst: Burst, verdicts: readonly Verdict[]): void {
  seen.set(burst, { gaspsDue: burst.gaspsDue, unfinished: burst.dirty, due: dueOf(world, burst, verdicts) });
}

/** Nothing of a burst opens before the hold of a claim that still stands, or the time everybody has to tell, is over. */
function dueOf({ settings }: World, burst: Burst, verdicts: readonly Verdict[]): Instant {
  if (!burst.waiting) return Number.POSITIVE_INFINITY;
  if (burst.records.length > 0) return 0;
  const told = 1000 * Math.max(settings.gaspHold_s, settings.gaspDelay_s);
  const measured = 1000 * settings.voltageHold_s;
  let due = burst.lastHeard + 1000 * settings.closeHold_s;
  for (const { claims } of verdicts) {
    for (const claim of claims) {
      if (claim.until !== 0 || reportedDark(claim) === 0) continue;
      if (claim.toldAt > 0) due = Math.min(due, claim.toldAt + told);
      if (claim.measuredAt > 0) due = Math.min(due, claim.measuredAt + measured);
    }
  }
  return due;
}

/** Whether the burst may have to say something else than when it was last reconciled. */
export function isDue(world: World, burst: Burst, roots: Roots): boolean {
  const last = seen.get(burst);
  if (last === undefined) return burst.dirty || burst.waiting;
  if (
    burst.dirty &&
    !last.unfinished &&
    last.gaspsDue === burst.gaspsDue &&
    concernsNobody(world, burst, roots)
  ) {
    forgetDrafted(world, burst, world.judge(burst).takeChanged());
    burst.dirty = false;
  }
  return burst.dirty || (burst.waiting && world.state.at >= last.due);
}

/** Who was not part of the loss, and stands below none of its incidents, is listed by none of them. */
function concernsNobody(world: World, burst: Burst, roots: Roots): boolean {
  const sensors = world.judge(burst).onlyBack();
  if (sensors === null) return false;
  if (burst.records.length === 0) return true;
  const { network } = world.topology(burst.topology);
  for (const sensor of sensors) {
    let node = world.sensors[sensor]?.node ?? -1;
    for (; node >= 0; node = network.parent[node] ?? -1) if (roots.has(burst, node)) return false;
  }
  return true;
}

/** Where the incidents of each burst have their roots. */
export interface Roots {
  has(burst: Burst, node: number): boolean;
}

/** Found when it is first asked; as the incidents stand then. */
export function rootsOf({ state }: World): Roots {
  let known: Map<number, Set<number>> | undefined;
  return {
    has(burst, node) {
      known ??= collect();
      return known.get(burst.id)?.has(node) === true;
    },
  };

  function collect(): Map<number, Set<number>> {
    const roots = new Map<number, Set<number>>();
    for (const { root, rounds } of state.incidents) {
      for (const { burst } of rounds) {
        const own = roots.get(burst);
        if (own === undefined) roots.set(burst, new Set([root]));
        else own.add(root);
      }
    }
    return roots;
  }
}
