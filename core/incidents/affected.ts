import { darkPhases, provenDark } from '../detection/claim.ts';
import { isUnder, phasesOf } from '../topology/network.ts';
import type { PhaseMask } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import type { AffectedRecord, IncidentRecord, Round } from './record.ts';
import type { Verdict } from './verdict.ts';
import type { World } from './world.ts';

/** What is known about one unit under the root of a verdict; null when it lost nothing. `taken`: units that another incident keeps. */
export function entryFor(
  world: World,
  verdict: Verdict,
  round: Round,
  unit: number,
  taken: ReadonlySet<number>,
): AffectedRecord | null {
  const hit = phasesOf(verdict.network, unit) & verdict.phases;
  if (hit === 0) return null;
  const seen = testimonyOf(world, verdict, unit, hit);
  const phases = hit & ~seen.lit;
  if (phases === 0) return null;
  const known = round.units.get(unit);
  const until = seen.until;
  return {
    unit,
    phases,
    from: round.onset,
    until,
    untilHeard: until === 0 ? 0 : known !== undefined && known.until > 0 ? known.untilHeard : world.state.at,
    basis: seen.dark
      ? 'confirmed'
      : seen.otherSource || behindBarrier(verdict, unit) || isOnLoop(verdict)
        ? 'unknown'
        : 'inferred',
    elsewhere: taken.has(unit),
    concluded: false,
  };
}

interface UnitTestimony {
  readonly dark: boolean;
  readonly lit: PhaseMask;
  readonly until: Instant;
  /** Something behind its meter may hold it live. */
  readonly otherSource: boolean;
}

/** One live meter is enough to show that a unit has supply; one proof that it has it again. */
function testimonyOf(world: World, verdict: Verdict, unit: number, hit: PhaseMask): UnitTestimony {
  let dark = false;
  let lit = 0;
  let until = 0;
  let otherSource = false;
  for (const sensor of world.metersOf.get(unit) ?? []) {
    if (world.backfed[sensor] === 1) otherSource = true;
    const claim = verdict.burst.claims.get(sensor);
    if (claim === undefined) continue;
    if (claim.blind) {
      if (until === 0) until = claim.until;
      continue;
    }
    if (provenDark(claim) & hit) dark = true;
    lit |= claim.lit;
    const counts = (darkPhases(claim) & hit) !== 0 || claim.kinds.every((kinds) => kinds === 0);
    if (counts && claim.until > 0 && (until === 0 || claim.until < until)) until = claim.until;
  }
  return { dark: dark && (lit & hit) !== hit, lit, until, otherSource };
}

function isOnLoop({ network, root }: Verdict): boolean {
  return (network.loop[root] ?? -1) >= 0;
}

/** Between the root and the unit stands something that may feed it from elsewhere. */
function behindBarrier({ network, root }: Verdict, unit: number): boolean {
  for (let node = unit; node >= 0 && node !== root; node = network.parent[node] ?? -1) {
    if (network.barrier[node] === 1) return true;
  }
  return false;
}

/** Units that an earlier open incident of another burst keeps as its own. */
export function darkElsewhere(
  world: World,
  record: IncidentRecord,
  onset: Instant,
  verdict: Verdict,
): Set<number> {
  const taken = new Set<number>();
  for (const other of world.state.incidents) {
    if (
      other === record ||
      !other.published ||
      !other.interrupts ||
      other.state === 'merged' ||
      other.state === 'retracted'
    )
      continue;
    if (
      !isUnder(verdict.network, other.root, verdict.root) &&
      !isUnder(verdict.network, verdict.root, other.root)
    )
      continue;
    for (const round of other.rounds) {
      for (const entry of round.units.values()) {
        const standing = entry.until === 0 || entry.until > onset;
        if (!entry.elsewhere && standing && entry.from < onset) taken.add(entry.unit);
      }
    }
  }
  return taken;
}
