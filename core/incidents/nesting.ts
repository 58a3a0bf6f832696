import { type Burst, type Judge, newBurst } from '../detection/burst.ts';
import { addDark, type Claim, darkPhases, provenDark } from '../detection/claim.ts';
import { hasStandby, isUnder } from '../topology/network.ts';
import type { Instant } from '../units/time.ts';
import { pathHeard } from './communication.ts';
import type { AffectedRecord, IncidentRecord, Round } from './record.ts';
import type { World } from './world.ts';

/** Returns this close together are one. */
export const SAME_RETURN_MS = 10_000;

/** Where the last round of an incident stands. */
interface Outer {
  readonly record: IncidentRecord;
  readonly round: Round;
  readonly burst: Burst;
}

function outerOf(world: World, record: IncidentRecord): Outer | null {
  const round = record.rounds.at(-1);
  const burst = world.state.bursts.find(({ id }) => id === round?.burst);
  return round === undefined || burst === undefined ? null : { record, round, burst };
}

/**
 * Units that reported their loss and stay dark when everything around them is live have a fault of their own, hidden
 * until now: their evidence becomes a burst of its own, against that of all who came back. Gives their number.
 */
export function spawnNested(world: World, record: IncidentRecord): number {
  const outer = outerOf(world, record);
  if (outer === null) return 0;
  const dark: AffectedRecord[] = [];
  for (const entry of outer.round.units.values()) {
    if (entry.until !== 0 || entry.elsewhere || entry.basis !== 'confirmed') continue;
    if (claimsOf(world, outer.burst, entry.unit).some((claim) => isDark(claim))) dark.push(entry);
  }
  if (dark.length === 0) return 0;
  const known = world.state.bursts.findLast(({ nestedUnder }) => nestedUnder === record.key);
  const nested = known ?? beginNested(world, outer, returnsOf(world, outer).sort(byInstant));
  const judge = world.judge(nested);
  for (const entry of dark) {
    for (const claim of claimsOf(world, outer.burst, entry.unit)) {
      if (!isDark(claim)) continue;
      takeClaim(judge, claim);
      judge.change(claim.sensor, (copy) => {
        addDark(copy, 'silence', darkPhases(claim), claim.last, claim.since, world.state.at);
      });
      lockReturn(world, outer.burst, claim, record.restoredAt);
    }
    leave(world, record, entry, record.restoredAt);
  }
  for (const entry of outer.round.units.values()) {
    if (entry.until === 0 && entry.basis === 'inferred') testifyUnheard(world, outer, judge, entry);
  }
  return dark.length;
}

/** One that has not spoken since, though its way to us works, stands with those that are known to be dark. */
function testifyUnheard(world: World, { round, burst }: Outer, judge: Judge, entry: AffectedRecord): void {
  for (const sensor of world.metersOf.get(entry.unit) ?? []) {
    const facts = world.sensors[sensor];
    const state = world.state.devices[facts?.index ?? -1];
    if (facts === undefined || state === undefined || !facts.selfPowered || facts.device.backfeed) continue;
    if (state.heard > round.onset || !pathHeard(world, facts.index)) continue;
    judge.change(sensor, (claim) => {
      addDark(claim, 'silence', entry.phases, burst.to, burst.from, world.state.at);
    });
  }
}

/**
 * Units that came back well after the rest, though what feeds them was live again, had a fault of their own that nobody
 * could tell from the outer one while it lasted. One part after the other, or most of them late, is a staged return.
 * Gives the end of the outer loss; 0 when nobody was late.
 */
export function splitLate(world: World, record: IncidentRecord): Instant {
  const outer = outerOf(world, record);
  if (outer === null || !outer.burst.returned) return 0;
  outer.burst.returned = false;
  const unordered = returnsOf(world, outer);
  if (unordered.length < 2) return 0;
  const main = mainReturn(world, unordered);
  if (unordered.every((claim) => claim.until <= main)) return 0;
  const returned = unordered.sort(byInstant);
  const late = returned.filter((claim) => claim.until > main && (claim.untilExact || claim.last > main));
  const early = returned.filter((claim) => claim.until <= main);
  if (late.length === 0 || late.length > early.length) return 0;
  const end = record.restoredAt || (early.at(-1)?.until ?? 0);
  for (const group of byReturn(late)) moveGroup(world, outer, group, early, end);
  return end;
}

/** Claims of the affected that came back and are fed through the root still. */
function returnsOf(world: World, { record, round, burst }: Outer): Claim[] {
  const { network } = world.current();
  const returned: Claim[] = [];
  for (const claim of burst.claims.values()) {
    const node = world.nodesOf[claim.sensor] ?? -1;
    if (claim.until === 0 || node < 0 || provenDark(claim) === 0) continue;
    if (isUnder(network, node, record.root) && round.units.get(node)?.elsewhere !== true)
      returned.push(claim);
  }
  return returned;
}

/** Whether what failed has itself another source above it, which therefore did not help. */
function isBehindStandby(world: World, burst: Burst): boolean {
  const { network } = world.current();
  return (
    burst.nestedUnder !== 0 ||
    world.state.incidents.some(
      (record) => burst.records.includes(record.key) && record.root >= 0 && hasStandby(network, record.root),
    )
  );
}

function byInstant(a: Claim, b: Claim): number {
  return a.until - b.until || a.sensor - b.sensor;
}

/** When the outer loss was over: most had come back, and the hold of a closing passed. */
function mainReturn(world: World, returned: readonly Claim[]): Instant {
  const ends = Float64Array.from(returned, ({ until }) => until).sort();
  const middle = ends[(ends.length - 1) >> 1] ?? 0;
  return middle + 1000 * world.settings.closeHold_s;
}

/**
 * Notes that somebody came back; whether late is seen when the incident closes, or after. What a generator or a UPS
 * carries is no sign that supply is back.
 */
export function noteReturn(world: World, burst: Burst, claim: Claim, isNews = true): void {
  if (provenDark(claim) === 0) return;
  if (claim.until === 0) return;
  if (isNews) burst.returned = true;
  if (world.standby[claim.sensor] === 1 && !isBehindStandby(world, burst)) {
    if (burst.carried === 0 || claim.until < burst.carried) burst.carried = claim.until;
    return;
  }
  if (burst.restored === 0 || claim.until < burst.restored) burst.restored = claim.until;
}

function byReturn(claims: readonly Claim[]): Claim[][] {
  const groups: Claim[][] = [];
  for (const claim of [...claims].sort((a, b) => a.until - b.until || a.sensor - b.sensor)) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && claim.until - last.until <= SAME_RETURN_MS) groups.at(-1)?.push(claim);
    else groups.push([claim]);
  }
  return groups;
}

function moveGroup(
  world: World,
  outer: Outer,
  group: readonly Claim[],
  early: readonly Claim[],
  end: Instant,
): void {
  const returned = group[0]?.until ?? 0;
  const nested = nestedFor(world, outer, returned) ?? beginNested(world, outer, early);
  const judge = world.judge(nested);
  for (const claim of group) {
    takeClaim(judge, claim);
    nested.restored = nested.restored === 0 ? claim.until : Math.min(nested.restored, claim.until);
    lockReturn(world, outer.burst, claim, end);
    const entry = entryOf(world, outer.round, claim);
    if (entry !== undefined) leave(world, outer.record, entry, end);
  }
  nested.lastHeard = world.state.at;
}

function nestedFor(world: World, { record }: Outer, returned: Instant): Burst | undefined {
  return world.state.bursts.find(
    ({ nestedUnder, restored }) =>
      nestedUnder === record.key && (restored === 0 || Math.abs(restored - returned) <= SAME_RETURN_MS),
  );
}

/** A burst for what the outer loss hid, with the evidence of all who came back with it. */
function beginNested(world: World, { record, burst }: Outer, early: readonly Claim[]): Burst {
  const { state } = world;
  state.ordinals.burst += 1;
  const nested = newBurst(state.ordinals.burst, burst.from, burst.to, state.at, world.current().version);
  nested.lastHeard = burst.lastHeard;
  nested.gaspsDue = true;
  nested.nestedUnder = record.key;
  state.bursts.push(nested);
  const judge = world.judge(nested);
  for (const claim of early) {
    judge.change(claim.sensor, (copy) => {
      copy.lit = darkPhases(claim);
    });
  }
  return nested;
}

function takeClaim(judge: Judge, claim: Claim): void {
  judge.change(claim.sensor, (copy) => {
    Object.assign(copy, claim, { kinds: [...claim.kinds], lit: 0 });
  });
}

/** What comes of it later is the nested burst's. */
function lockReturn(world: World, burst: Burst, claim: Claim, until: Instant): void {
  world.judge(burst).touch(claim.sensor);
  claim.until = until;
  claim.untilTold = true;
}

function leave(world: World, record: IncidentRecord, entry: AffectedRecord, until: Instant): void {
  entry.until = until;
  entry.untilHeard = world.state.at;
  entry.concluded = true;
  entry.elsewhere = true;
  record.changed = true;
  world.touched.set(entry.unit, 'dark by a fault of its own');
}

function entryOf(world: World, round: Round, claim: Claim): AffectedRecord | undefined {
  return round.units.get(world.sensors[claim.sensor]?.node ?? -1);
}

function isDark(claim: Claim): boolean {
  return provenDark(claim) !== 0 && claim.until === 0;
}

function claimsOf(world: World, burst: Burst, unit: number): Claim[] {
  return (world.metersOf.get(unit) ?? []).flatMap((sensor) => burst.claims.get(sensor) ?? []);
}

/** Proven to have come back with the outer loss after all, only told late. */
export function cameBackWithOuter(world: World, burst: Burst, claim: Claim): boolean {
  if (burst.nestedUnder === 0 || claim.until === 0 || !claim.untilExact) return false;
  const outer = world.state.incidents.find(({ key }) => key === burst.nestedUnder);
  if (outer === undefined || outer.restoredAt === 0 || claim.until > outer.restoredAt + SAME_RETURN_MS)
    return false;
  const back = claim.until;
  const dark = darkPhases(claim);
  world.judge(burst).change(claim.sensor, (edited) => {
    edited.kinds = [0, 0, 0];
    edited.lit = dark;
    edited.until = 0;
  });
  const earlier = world.state.bursts.find(({ id }) => id === outer.rounds.at(-1)?.burst);
  const known = earlier?.claims.get(claim.sensor);
  if (earlier !== undefined && known !== undefined) {
    known.until = back;
    world.judge(earlier).touch(claim.sensor);
    earlier.dirty = true;
  }
  return true;
}
