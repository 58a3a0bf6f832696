import type { Burst } from '../detection/burst.ts';
import { lastLit } from '../detection/device-state.ts';
import { type IncidentRecord, unitsOf } from './record.ts';
import type { EngineState, World } from './world.ts';

/** Bounds what is remembered: more open questions than this, and the oldest without an incident is dropped. */
const MAX_BURSTS = 200;
/** Final interruptions remembered per unit: a flapping supply must not grow without end. */
const MAX_SETTLED = 8;
/** So long after an interruption may what a gateway or meter kept back still speak of it. */
const HISTORY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Forgets bursts and incidents that nothing can change any more. */
export function retire(world: World): void {
  const { state } = world;
  const spare =
    1000 * Math.max(world.settings.reopen_s, world.settings.flapWindow_s, world.settings.momentary_s);
  const done = withoutTies(
    state.incidents.filter((record) => isDone(record, state.at, spare)),
    state,
    spare,
  );
  if (done.length > 0) {
    for (const record of done) forgetLedger(world, record);
    state.incidents = state.incidents.filter((record) => !done.includes(record));
  }
  if (state.at % MINUTE_MS === 0) forgetSettled(world);
  const kept = new Set(state.incidents.map(({ key }) => key));
  const stale = state.bursts.filter((burst) => isStale(burst, kept, state.at, spare));
  for (const burst of state.bursts) {
    if (state.bursts.length - stale.length <= MAX_BURSTS) break;
    if (burst.records.length === 0 && !stale.includes(burst)) stale.push(burst);
  }
  if (stale.length === 0) return;
  for (const burst of stale) world.forget(burst);
  state.bursts = state.bursts.filter((burst) => !stale.includes(burst));
  const used = new Set([...state.bursts.map(({ topology }) => topology), state.topologies.at(-1)?.number]);
  state.topologies = state.topologies.filter(({ number }) => used.has(number));
}

/**
 * A burst and the incidents that rest on it go together: one that still hears news would find the fault of a forgotten
 * incident unaccounted for and record it a second time.
 */
function withoutTies(done: readonly IncidentRecord[], state: EngineState, spare: number): IncidentRecord[] {
  const free = new Set(done.map(({ key }) => key));
  const kept = new Set(state.incidents.map(({ key }) => key).filter((key) => !free.has(key)));
  let tied = free.size > 0;
  while (tied) {
    tied = false;
    for (const burst of state.bursts) {
      if (state.at - burst.lastHeard > spare && !burst.records.some((key) => kept.has(key))) continue;
      for (const key of burst.records) {
        if (!free.delete(key)) continue;
        kept.add(key);
        tied = true;
      }
    }
  }
  return done.filter(({ key }) => free.has(key));
}

function isDone(record: IncidentRecord, at: number, spare: number): boolean {
  if (record.state === 'open' || record.changed || record.noticeDue > 0) return false;
  if (record.state === 'restored') {
    for (const entry of unitsOf(record).values()) if (entry.until === 0 && !entry.elsewhere) return false;
  }
  return at - Math.max(record.closedAt, record.detectedAt, record.restoredAt) > spare;
}

function isStale(burst: Burst, kept: ReadonlySet<number>, at: number, spare: number): boolean {
  return !burst.records.some((key) => kept.has(key)) && at - burst.lastHeard > spare;
}

/** What the record wrote is final; darkness of the same time that becomes known later still finds it. */
function forgetLedger(world: World, record: IncidentRecord): void {
  const own = `${record.key}#`;
  for (const unit of unitsOfAll(record)) {
    for (const { spells } of world.state.ledger.get(unit) ?? []) {
      for (const spell of spells) {
        if (!spell.key.startsWith(own)) continue;
        // Still dark by another fault: this one held it no longer than its own end.
        if (spell.until === 0) spell.until = Math.max(spell.from, record.restoredAt);
        spell.settled = true;
      }
    }
  }
}

function unitsOfAll({ rounds }: IncidentRecord): Set<number> {
  return new Set(rounds.flatMap(({ units }) => [...units.keys()]));
}

/** Drops interruptions that are final once later-known darkness of their unit can no longer reach back to them. */
function forgetSettled({ state, metersOf, sensors }: World): void {
  for (const [unit, records] of state.ledger) {
    const final = records.filter(({ spells }) => spells.every(({ settled }) => settled === true));
    if (final.length === 0) continue;
    const meters = (metersOf.get(unit) ?? []).map((sensor) => state.devices[sensors[sensor]?.index ?? -1]);
    const surplus = final.slice(0, Math.max(0, final.length - MAX_SETTLED));
    const kept = records.filter((record) => {
      if (surplus.includes(record)) return false;
      if (!final.includes(record)) return true;
      const to = Math.max(...record.spells.map(({ until }) => until));
      return (
        state.at - to <= HISTORY_MS || meters.some((meter) => meter !== undefined && lastLit(meter) <= to)
      );
    });
    if (kept.length === 0) state.ledger.delete(unit);
    else if (kept.length < records.length) state.ledger.set(unit, kept);
  }
}
