import type { Burst } from '../detection/burst.ts';
import { mergeTold, moveTold } from '../notices/owed.ts';
import { idOf, isUnder } from '../topology/network.ts';
import { phasesText } from '../units/phases.ts';
import { adoptLinkIncident } from './communication.ts';
import { forgetDrafted } from './draft.ts';
import { noteReconciled } from './due.ts';
import type { EvidenceFacts } from './explanation.ts';
import { beginFlap, belongsTo, flapping, mayFlap } from './flapping.ts';
import { makeRecord, publishRecord } from './make-record.ts';
import { windowOf } from './planned.ts';
import { type IncidentRecord, note, type Round, unitsOf } from './record.ts';
import { type Changed, isUnfinished, spread } from './spread.ts';
import {
  factsOf,
  isRipe,
  isSettled,
  latest,
  onsetOf,
  presumedUntil,
  type Verdict,
  verdictsOf,
} from './verdict.ts';
import type { World } from './world.ts';

/**
 * Brings the incidents of one burst in line with its most likely faults: an incident moves to where the fault is now
 * seen, several become one, one becomes several, and what the evidence no longer carries is retracted.
 */
export function reconcile(world: World, burst: Burst): void {
  const records = recordsOf(world, burst);
  const changed = world.judge(burst).takeChanged();
  forgetDrafted(world, burst, changed);
  const free = new Set(records.filter((record) => record.rounds[0]?.burst === burst.id));
  let origin = [...free].find(({ published }) => published);
  let verdicts = verdictsOf(world, burst);
  const again = free.size === 0 ? relapseOf(world, verdicts) : undefined;
  if (again !== undefined) records.push(again);
  for (const record of records) {
    if (free.has(record)) continue;
    const own = verdicts.filter((verdict) => belongsTo(world, record, verdict));
    verdicts = verdicts.filter((verdict) => !own.includes(verdict));
    spread(world, record, roundOf(record, burst), own, changed);
  }
  let begun = 0;
  const byRoot = groupByRoot(free);
  for (const verdict of verdicts) {
    const related = relatedTo(free, byRoot, verdict).sort(byStanding);
    const [kept, ...others] = related;
    if (kept !== undefined && others.length === 0 && standsAsItWas(kept, verdict, changed)) {
      begun += 1;
      free.delete(kept);
      continue;
    }
    if (kept === undefined) {
      if (beginRecord(world, verdict, origin)) begun += 1;
      continue;
    }
    begun += 1;
    for (const record of related) free.delete(record);
    adjust(world, kept, verdict, changed);
    for (const other of others) merge(world, other, kept);
    if (kept.published) origin = kept;
  }
  for (const record of free) withdraw(world, record, burst);
  burst.dirty = recordsOf(world, burst).some((record) => isUnfinished(roundOf(record, burst)));
  burst.waiting = verdicts.length > begun;
  noteReconciled(world, burst, verdicts);
}

/** The incidents that rest on this burst, be it for their first round of darkness or a later one. */
function recordsOf(world: World, burst: Burst): IncidentRecord[] {
  return world.state.incidents.filter(
    (record) =>
      burst.records.includes(record.key) &&
      (record.state === 'open' || record.state === 'restored') &&
      record.rounds.some((round) => round.burst === burst.id),
  );
}

function roundOf(record: IncidentRecord, burst: Burst): Round {
  const round = record.rounds.find((one) => one.burst === burst.id);
  if (round === undefined) throw new Error(`record ${record.key} has no round on burst ${burst.id}`);
  return round;
}

function byStanding(a: IncidentRecord, b: IncidentRecord): number {
  return Number(b.published) - Number(a.published) || a.key - b.key;
}

function groupByRoot(records: Iterable<IncidentRecord>): Map<number, IncidentRecord[]> {
  const byRoot = new Map<number, IncidentRecord[]>();
  for (const record of records) {
    const own = byRoot.get(record.root);
    if (own === undefined) byRoot.set(record.root, [record]);
    else own.push(record);
  }
  return byRoot;
}

/** Records at, above or below the fault; what has nothing below it finds them on its way up. */
function relatedTo(
  free: ReadonlySet<IncidentRecord>,
  byRoot: ReadonlyMap<number, readonly IncidentRecord[]>,
  verdict: Verdict,
): IncidentRecord[] {
  const { network, root } = verdict;
  if ((network.children[root] ?? []).length > 0)
    return [...free].filter((record) => isRelated(record, verdict));
  const related: IncidentRecord[] = [];
  for (let node = root; node >= 0; node = network.parent[node] ?? -1) {
    for (const record of byRoot.get(node) ?? [])
      if (free.has(record) && isRelated(record, verdict)) related.push(record);
  }
  return related;
}

/** Over before it could be told, and nobody has said anything new about it. */
function standsAsItWas(record: IncidentRecord, verdict: Verdict, changed: Changed): boolean {
  if (changed === null || record.live || record.published || record.rounds.length !== 1) return false;
  if (record.root !== verdict.root || record.phases !== verdict.phases) return false;
  return verdict.claims.every(({ sensor, until }) => until > 0 && !changed.has(sensor));
}

function isRelated(record: IncidentRecord, { network, root, phases }: Verdict): boolean {
  if ((record.phases & phases) === 0) return false;
  return isUnder(network, record.root, root) || isUnder(network, root, record.root);
}

/** The incident that this burst shows to be dark once more, now with a round for it. */
function relapseOf(world: World, verdicts: readonly Verdict[]): IncidentRecord | undefined {
  const known = world.state.incidents.filter(mayFlap);
  if (known.length === 0) return undefined;
  for (const verdict of verdicts) {
    const again = flapping(world, known, verdict);
    if (again === undefined) continue;
    const live = isRipe(world, verdict);
    if (!live && !isSettled(world, verdict)) continue;
    beginFlap(world, again, verdict.burst, onsetOf(world, verdict).onset, live);
    return again;
  }
  return undefined;
}

/** Opens what has stood long enough, records what is already over, and waits otherwise. */
function beginRecord(world: World, verdict: Verdict, origin: IncidentRecord | undefined): boolean {
  const ripe = isRipe(world, verdict);
  if (!ripe && !isSettled(world, verdict)) return false;
  const { onset, onsetEarliest } = onsetOf(world, verdict);
  const facts = factsOf(world, verdict);
  const adopted = adoptLinkIncident(world, verdict);
  const record = adopted ?? makeRecord(world, 'outage', rootOf(verdict), onset, onsetEarliest);
  record.live = ripe;
  verdict.burst.records.push(record.key);
  record.rounds.push({ burst: verdict.burst.id, onset, units: new Map() });
  const parent = world.state.incidents.find(({ key }) => key === verdict.burst.nestedUnder);
  if (parent !== undefined) {
    record.nestedOf = parent.id;
    record.nestedSince = parent.rounds.at(-1)?.onset ?? parent.onset;
    record.onset = record.nestedSince;
  }
  record.planned = windowOf(world, verdict.root, record.onset);
  if (ripe && !record.published) publishRecord(world, record, 'opened', reasonOf(verdict, facts));
  if (ripe && origin !== undefined && origin !== record)
    note(record, world.state.at, 'split', `apart from ${origin.id}`);
  adjust(world, record, verdict, null, facts);
  if (parent !== undefined) takeOver(world, record, parent);
  if (record.published) nestEarlier(world, record, verdict);
  return true;
}

/** Units that stay dark by the nested fault leave the incident that hid it, and what their people were told goes along. */
function takeOver(world: World, record: IncidentRecord, parent: IncidentRecord): void {
  const { network } = world.current();
  const moved = new Set<string>();
  for (const unit of unitsOf(record).keys()) {
    const premises = network.nodes[unit]?.premises;
    if (premises !== undefined) moved.add(premises);
    const entry = unitsOf(parent).get(unit);
    if (entry === undefined || entry.until !== 0) continue;
    Object.assign(entry, {
      until: parent.restoredAt,
      untilHeard: world.state.at,
      concluded: true,
      elsewhere: true,
    });
    world.touched.set(unit, 'dark by a fault of its own');
  }
  parent.changed = true;
  moveTold(record.told, parent.told, moved);
}

function reasonOf(verdict: Verdict, facts: EvidenceFacts): string {
  return `${facts.reported + facts.returned} of ${facts.devices} devices under ${idOf(verdict.network, verdict.root)} testify, ${facts.lit} stayed live`;
}

function rootOf(verdict: Verdict) {
  return {
    root: verdict.root,
    rootId: idOf(verdict.network, verdict.root),
    rootSide: verdict.rootSide,
    candidates: [...verdict.candidates],
    phases: verdict.phases,
  };
}

/** Takes over what the verdict says now; a record of something already over is published once it lasted long enough. */
function adjust(
  world: World,
  record: IncidentRecord,
  verdict: Verdict,
  changed: Changed,
  facts = factsOf(world, verdict),
): void {
  const root = rootOf(verdict);
  if (record.published && record.rootId !== root.rootId) {
    note(record, world.state.at, 'moved', `from ${record.rootId} to ${root.rootId}`);
  }
  const kind = verdict.partial ? 'partial' : 'outage';
  if (record.published && record.kind !== kind) {
    note(record, world.state.at, 'reclassified', `${kind} on ${phasesText(verdict.phases)}`);
  }
  const changes =
    record.rootId !== root.rootId || record.phases !== root.phases || record.rootSide !== root.rootSide;
  Object.assign(record, root, { kind, margin: verdict.margin, facts });
  if (changes) record.changed = true;
  let isMoved = changes;
  if (record.rounds.length === 1) {
    const { onset, onsetEarliest } = onsetOf(world, verdict);
    if (onset !== record.onset || onsetEarliest !== record.onsetEarliest) record.changed = true;
    record.onset =
      record.onsetByHand !== undefined
        ? record.onsetByHand
        : record.nestedSince > 0
          ? record.nestedSince
          : record.linkSince > 0
            ? Math.min(onset, record.linkSince)
            : onset;
    record.onsetEarliest = Math.min(record.onset, onsetEarliest);
    const round = roundOf(record, verdict.burst);
    isMoved ||= round.onset !== record.onset;
    round.onset = record.onset;
  }
  spread(world, record, roundOf(record, verdict.burst), [verdict], changed, isMoved);
  if (!record.published && lasted(world, record, verdict)) {
    record.planned = windowOf(world, record.root, record.onset);
    publishRecord(world, record, 'opened', reasonOf(verdict, facts));
    note(record, world.state.at, 'amended', 'nobody reported it while it lasted');
    record.changed = true;
    for (const unit of record.rounds.at(-1)?.units.keys() ?? [])
      world.touched.set(unit, 'found out afterwards');
  }
}

/** Whether darkness that is over lasted beyond its hold; a shorter one is only an interruption. */
function lasted(world: World, record: IncidentRecord, verdict: Verdict): boolean {
  const { settings } = world;
  if (isRipe(world, verdict)) return true;
  const told = verdict.claims.some(({ toldAt, measuredAt }) => toldAt > 0 || measuredAt === 0);
  const hold = 1000 * (told ? Math.max(settings.gaspHold_s, settings.gaspDelay_s) : settings.voltageHold_s);
  const ends = verdict.claims.map((claim) => claim.until || presumedUntil(world, verdict, claim));
  return latest(ends) - record.onset >= hold;
}

function merge(world: World, record: IncidentRecord, into: IncidentRecord): void {
  for (const round of record.rounds)
    for (const unit of round.units.keys()) world.touched.set(unit, `merged into ${into.id}`);
  record.state = 'merged';
  record.mergedInto = into.id;
  record.rounds = [];
  mergeTold(into.told, record.told);
  if (!record.published) return;
  note(record, world.state.at, 'merged', `into ${into.id}`);
  note(into, world.state.at, 'merged', `took in ${record.id}`);
}

/** The evidence no longer carries it. */
function withdraw(world: World, record: IncidentRecord, burst: Burst): void {
  for (const round of record.rounds)
    for (const unit of round.units.keys()) world.touched.set(unit, 'no loss after all');
  record.rounds = [];
  record.state = 'retracted';
  record.closedAt = world.state.at;
  const outer = world.state.incidents.find(({ key }) => key === burst.nestedUnder);
  if (outer !== undefined) {
    mergeTold(outer.told, record.told);
    outer.changed = true;
  }
  if (record.published) note(record, world.state.at, 'retracted', 'the evidence no longer speaks for a loss');
}

/** An earlier outage below a new one cannot be seen apart until the new one ends. */
function nestEarlier(world: World, record: IncidentRecord, { network, root }: Verdict): void {
  for (const other of world.state.incidents) {
    if (other === record || !other.published || other.state !== 'open' || !other.interrupts) continue;
    if (other.nestedOf !== null || other.root === root || !isUnder(network, other.root, root)) continue;
    if (other.onset >= record.onset) continue;
    other.nestedOf = record.id;
    note(other, world.state.at, 'amended', `now under ${record.id}`);
  }
}
