import type { Burst } from '../detection/burst.ts';
import { type Network, unitsUnder } from '../topology/network.ts';
import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import { entryFor } from './affected.ts';
import { isLarge, PORTION } from './portion.ts';
import type { AffectedRecord } from './record.ts';
import { onsetOf, type Verdict, verdictsOf } from './verdict.ts';
import type { World } from './world.ts';

/** Units that one step lists of a storm before it opens. */
const DRAFTED = 2.5 * PORTION;

/** Under what units are listed. While it stands, only those with new evidence can have changed. */
export interface Frame {
  readonly network: Network;
  readonly root: number;
  readonly phases: PhaseMask;
  readonly onset: Instant;
}

export function isSame(a: Frame, b: Frame): boolean {
  return a.network === b.network && a.root === b.root && a.phases === b.phases && a.onset === b.onset;
}

interface Draft {
  readonly frame: Frame;
  /** Those still dark. */
  readonly entries: Map<number, AffectedRecord>;
  /** How many of the units under the root were looked at. */
  seen: number;
}

const drafts = new WeakMap<Burst, Draft>();
const NOBODY: ReadonlySet<number> = new Set();

/**
 * While a storm waits for its hold, its units are listed in portions, so that the step that opens it finds most of that
 * done. Derived: without it the list comes out the same.
 */
export function draftStorm(world: World, burst: Burst): void {
  const [verdict] = verdictsOf(world, burst);
  if (verdict === undefined || burst.records.length > 0) return;
  const units = unitsUnder(verdict.network, verdict.root);
  if (!isLarge(units.length)) return;
  const { network, root, phases } = verdict;
  const { onset } = onsetOf(world, verdict);
  const frame = { network, root, phases, onset };
  let draft = drafts.get(burst);
  if (draft === undefined || !isSame(draft.frame, frame)) {
    draft = { frame, entries: new Map(), seen: 0 };
    drafts.set(burst, draft);
  }
  listPortion(world, verdict, draft, units);
}

function listPortion(world: World, verdict: Verdict, draft: Draft, units: Int32Array): void {
  const round = { burst: verdict.burst.id, onset: draft.frame.onset, units: NO_UNITS };
  const end = Math.min(units.length, draft.seen + DRAFTED);
  for (; draft.seen < end; draft.seen++) {
    const unit = units[draft.seen] ?? -1;
    const entry = entryFor(world, verdict, round, unit, NOBODY);
    if (entry !== null && entry.until === 0) draft.entries.set(unit, entry);
  }
}

const NO_UNITS: Map<number, AffectedRecord> = new Map();

/** What was listed of units with new evidence no longer holds; null for all. */
export function forgetDrafted(world: World, burst: Burst, changed: ReadonlySet<number> | null): void {
  const draft = drafts.get(burst);
  if (draft === undefined) return;
  if (changed === null) drafts.delete(burst);
  else for (const sensor of changed) draft.entries.delete(world.sensors[sensor]?.node ?? -1);
}

/** The units listed beforehand, to be taken over once. */
export function takeDrafted(burst: Burst, frame: Frame): ReadonlyMap<number, AffectedRecord> {
  const draft = drafts.get(burst);
  drafts.delete(burst);
  return draft !== undefined && isSame(draft.frame, frame) ? draft.entries : NO_UNITS;
}
