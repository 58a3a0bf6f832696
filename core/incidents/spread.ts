import { isUnder, unitsUnder } from '../topology/network.ts';
import { darkElsewhere, entryFor } from './affected.ts';
import { type Frame, isSame, takeDrafted } from './draft.ts';
import { isLarge, PORTION, SMALL_PORTION } from './portion.ts';
import { type AffectedRecord, type IncidentRecord, note, type Round } from './record.ts';
import { latest, presumedUntil, type Verdict } from './verdict.ts';
import type { World } from './world.ts';

/** Sensors whose evidence changed since the last time; null for all. */
export type Changed = ReadonlySet<number> | null;

/** Under what the units of a round were last listed. */
const frames = new WeakMap<Round, Frame>();

/**
 * Units that changed with so many others that they are left to the next steps, in the order of their numbers. Derived:
 * while there are any the burst stays dirty, and who does not know them looks at all units and finds the same changes first.
 */
const rests = new WeakMap<Round, readonly number[]>();

function restOf(round: Round): readonly number[] {
  return rests.get(round) ?? [];
}

/** Whether units may still have to be looked at. */
export function isUnfinished(round: Round): boolean {
  return rests.has(round);
}

/** Renews the affected list of the present round. */
export function spread(
  world: World,
  record: IncidentRecord,
  round: Round,
  verdicts: readonly Verdict[],
  changed: Changed,
  /** Its root, phases or onset are others than in the last step. */
  isMoved = false,
): void {
  const most = isMoved || !isLarge(round.units.size) ? Number.POSITIVE_INFINITY : portionOf(record);
  const before = frames.get(round);
  const frame = frameOf(world, record, round, verdicts);
  if (frame === null) frames.delete(round);
  else frames.set(round, frame);
  const [verdict] = verdicts;
  const stands = changed !== null && frame !== null && before !== undefined && isSame(before, frame);
  const moved =
    frame === null || verdict === undefined
      ? listAnew(world, record, round, verdicts)
      : stands
        ? renew(world, record, round, verdict, unitsOf(world, verdict, changed, restOf(round)), most)
        : round.units.size === 0
          ? list(world, record, round, verdict, frame)
          : renew(world, record, round, verdict, unitsBefore(round, verdict), most);
  if (frame === null) rests.delete(round);
  if (record.published && record.timeline.at(-1)?.at !== world.state.at && moved.joined + moved.left > 0) {
    note(record, world.state.at, 'affected_changed', `${moved.joined} joined, ${moved.left} removed`);
  }
}

/** Null while something else than the evidence of its own units may change an entry. */
function frameOf(
  world: World,
  record: IncidentRecord,
  round: Round,
  verdicts: readonly Verdict[],
): Frame | null {
  const [verdict] = verdicts;
  if (verdict === undefined || verdicts.length > 1) return null;
  if (record.state !== 'open' || !record.live || record.rounds.length > 1) return null;
  if (darkElsewhere(world, record, round.onset, verdict).size > 0) return null;
  const { network, root, phases } = verdict;
  return { network, root, phases, onset: round.onset };
}

/** The step that hears of all of them has enough to do with their order. */
function portionOf({ askAt }: IncidentRecord): number {
  return askAt === 0 ? SMALL_PORTION : PORTION;
}

interface Moved {
  readonly joined: number;
  readonly left: number;
}

const NOBODY: ReadonlySet<number> = new Set();

/** Units under the root whose sensors have new evidence, and those left over. */
function unitsOf(
  world: World,
  { network, root }: Verdict,
  changed: ReadonlySet<number>,
  rest: readonly number[],
): number[] {
  const units: number[] = [];
  for (const sensor of changed) {
    const unit = world.nodesOf[sensor] ?? -1;
    if (network.nodes[unit]?.kind === 'unit' && isUnder(network, unit, root)) units.push(unit);
  }
  return rest.length === 0 ? units : [...new Set([...units, ...rest])];
}

/** Units under the root, and those listed under another one before. */
function unitsBefore(round: Round, { network, root }: Verdict): number[] {
  const units = [...unitsUnder(network, root)];
  for (const unit of round.units.keys()) if (!isUnder(network, unit, root)) units.push(unit);
  return units;
}

/** The first listing of a round. */
function list(world: World, record: IncidentRecord, round: Round, verdict: Verdict, frame: Frame): Moved {
  const drafted = takeDrafted(verdict.burst, frame);
  let joined = 0;
  for (const unit of unitsUnder(verdict.network, verdict.root)) {
    const entry = drafted.get(unit) ?? entryFor(world, verdict, round, unit, NOBODY);
    if (entry !== null) joined += put(world, record, round, entry);
  }
  return { joined, left: 0 };
}

/** Looks at each unit once. Where the list stands under the same root, a storm's changes are spread over several steps. */
function renew(
  world: World,
  record: IncidentRecord,
  round: Round,
  verdict: Verdict,
  units: readonly number[],
  most: number,
): Moved {
  let joined = 0;
  let left = 0;
  const { network, root } = verdict;
  const ordered = isLarge(round.units.size) ? [...Int32Array.from(units).sort()] : units;
  const begun = world.step.moved;
  let seen = 0;
  for (; seen < ordered.length && world.step.moved - begun < most; seen++) {
    const unit = ordered[seen] ?? -1;
    const entry = isUnder(network, unit, root) ? entryFor(world, verdict, round, unit, NOBODY) : null;
    if (entry !== null) joined += put(world, record, round, entry);
    else if (round.units.has(unit)) left += drop(world, record, round, unit);
  }
  if (world.step.moved - begun >= most) rests.set(round, ordered.slice(seen));
  else rests.delete(round);
  return { joined, left };
}

function listAnew(world: World, record: IncidentRecord, round: Round, verdicts: readonly Verdict[]): Moved {
  const after = new Map<number, AffectedRecord>();
  for (const verdict of verdicts) {
    const units = affectedBy(world, verdict, record, round);
    if (!record.live) presumeEnds(world, verdict, units);
    carryOver(world, record, round, units);
    for (const [unit, entry] of units) if (!wentOn(record, round, unit)) after.set(unit, entry);
  }
  let joined = 0;
  let left = 0;
  for (const entry of after.values()) joined += put(world, record, round, entry);
  for (const unit of round.units.keys()) if (!after.has(unit)) left += drop(world, record, round, unit);
  return { joined, left };
}

/** The units a verdict takes supply from, each with what is known about it. */
function affectedBy(
  world: World,
  verdict: Verdict,
  record: IncidentRecord,
  round: Round,
): Map<number, AffectedRecord> {
  const units = new Map<number, AffectedRecord>();
  const taken = darkElsewhere(world, record, round.onset, verdict);
  for (const unit of unitsUnder(verdict.network, verdict.root)) {
    const entry = entryFor(world, verdict, round, unit, taken);
    if (entry !== null) units.set(unit, entry);
  }
  return units;
}

/** Takes an entry over; 1 for a unit that joins. */
function put(world: World, record: IncidentRecord, round: Round, entry: AffectedRecord): number {
  const { unit } = entry;
  const before = round.units.get(unit);
  if (before?.elsewhere === true && before.concluded) return 0;
  if (record.without?.includes(unit) === true) return 0;
  if (before?.byHand === true) return endByHand(world, record, before, entry);
  if (before !== undefined && round !== record.rounds[0]) entry.from = Math.min(entry.from, before.from);
  if (before !== undefined && sameEntry(before, entry)) return 0;
  if (entry.until === 0 && before?.concluded === true && record.state === 'restored') return 0;
  round.units.set(unit, entry);
  world.step.moved += 1;
  world.touched.set(
    unit,
    before === undefined ? 'lost with the root' : entry.until > 0 ? 'supply proven' : 'evidence changed',
  );
  record.changed = true;
  return before === undefined ? 1 : 0;
}

/** What a person said stands; supply that comes back still ends it. */
function endByHand(
  world: World,
  record: IncidentRecord,
  before: AffectedRecord,
  { until, untilHeard }: AffectedRecord,
): number {
  if (before.until !== 0 || until === 0) return 0;
  before.until = Math.max(until, before.from);
  before.untilHeard = untilHeard;
  world.touched.set(before.unit, 'supply proven');
  record.changed = true;
  return 0;
}

function drop(world: World, record: IncidentRecord, round: Round, unit: number): number {
  if (round.units.get(unit)?.byHand === true) return 0;
  round.units.delete(unit);
  world.step.moved += 1;
  world.touched.set(unit, 'shown to have had supply all along');
  record.changed = true;
  return 1;
}

/** A unit that never came back in between has been dark since the earlier round. */
function carryOver(
  world: World,
  record: IncidentRecord,
  round: Round,
  units: Map<number, AffectedRecord>,
): void {
  for (const earlier of record.rounds) {
    if (earlier === round) return;
    for (const entry of units.values()) {
      const before = earlier.units.get(entry.unit);
      if (before === undefined || before.until !== 0 || before.elsewhere) continue;
      entry.from = before.from;
      earlier.units.delete(entry.unit);
      round.units.set(entry.unit, entry);
      world.touched.set(entry.unit, 'still dark in the next round');
    }
  }
}

/** Whether a later round already continues this unit's darkness. */
function wentOn(record: IncidentRecord, round: Round, unit: number): boolean {
  for (let i = record.rounds.length - 1; i >= 0; i--) {
    const later = record.rounds[i];
    if (later === undefined || later === round) return false;
    const entry = later.units.get(unit);
    if (entry !== undefined && entry.from <= round.onset) return true;
  }
  return false;
}

function presumeEnds(world: World, verdict: Verdict, units: Map<number, AffectedRecord>): void {
  const end = latest(verdict.claims.map((claim) => claim.until || presumedUntil(world, verdict, claim)));
  for (const entry of units.values()) if (entry.until === 0) entry.until = end;
}

function sameEntry(a: AffectedRecord, b: AffectedRecord): boolean {
  return (
    a.phases === b.phases &&
    a.from === b.from &&
    a.until === b.until &&
    a.basis === b.basis &&
    a.elsewhere === b.elsewhere
  );
}
