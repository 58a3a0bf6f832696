import type { Burst } from '../detection/burst.ts';
import { type IncidentRecord, unitsOf } from './record.ts';
import type { EngineState, World } from './world.ts';

/** Bounds what is remembered: more open questions than this, and the oldest without an incident is dropped. */
const MAX_BURSTS = 200;

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

/** What the record wrote is final; the book keeps only what can still change. */
function forgetLedger(world: World, record: IncidentRecord): void {
  for (const unit of unitsOf(record).keys()) {
    const kept = (world.state.ledger.get(unit) ?? []).filter(
      ({ spells, told }) => told?.to == null || !spells.some(({ key }) => key.startsWith(`${record.key}#`)),
    );
    if (kept.length === 0) world.state.ledger.delete(unit);
    else world.state.ledger.set(unit, kept);
  }
}
