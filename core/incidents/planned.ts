import { isUnder } from '../topology/network.ts';
import type { Instant } from '../units/time.ts';
import { makeRecord, publishRecord } from './make-record.ts';
import { type IncidentRecord, note, unitsOf } from './record.ts';
import type { PlannedWindow, World } from './world.ts';

/** The announced window, grace included, that a loss at this node and instant belongs to. */
export function windowOf(world: World, root: number, onset: Instant): string | null {
  const grace = 1000 * world.settings.plannedGrace_s;
  const { network } = world.current();
  const found = world.state.planned.find(
    ({ nodes, from, to }) =>
      onset >= from - grace &&
      onset <= to + grace &&
      nodes.some((id) => {
        const node = network.index.get(id);
        return node !== undefined && isUnder(network, root, node);
      }),
  );
  return found?.id ?? null;
}

/** The windows whose nodes may be switched off about now. */
export function activeWindows(world: World, at: Instant): string[] {
  const grace = 1000 * world.settings.plannedGrace_s;
  return world.state.planned
    .filter(({ from, to }) => at >= from - grace && at <= to + grace)
    .map(({ id }) => id);
}

/** Nodes that may be switched off as announced about now. */
export function announcedNodes(world: World): number[] {
  const active = activeWindows(world, world.state.at);
  if (active.length === 0) return [];
  const { network } = world.current();
  return world.state.planned
    .filter(({ id }) => active.includes(id))
    .flatMap(({ nodes }) => nodes.flatMap((id) => network.index.get(id) ?? []));
}

/** Work that goes on after its announced end and the grace is an incident of its own, from the announced end on. */
export function openOverruns(world: World): void {
  const { state } = world;
  for (const window of state.planned) {
    if (state.at < window.to + 1000 * world.settings.plannedGrace_s) continue;
    for (const record of [...state.incidents]) {
      if (record.planned !== window.id || record.state !== 'open' || record.overrunOf !== 0) continue;
      if (state.incidents.some(({ overrunOf }) => overrunOf === record.key)) continue;
      if (stillDark(record)) openOverrun(world, record, window);
    }
  }
}

function stillDark(record: IncidentRecord): boolean {
  for (const entry of unitsOf(record).values()) if (entry.until === 0) return true;
  return false;
}

function openOverrun(world: World, planned: IncidentRecord, window: PlannedWindow): void {
  const { root, rootId, rootSide, phases } = planned;
  const overrun = makeRecord(
    world,
    planned.kind,
    { root, rootId, rootSide, candidates: [...planned.candidates], phases },
    window.to,
    window.to,
  );
  overrun.overrunOf = planned.key;
  overrun.overrunWindow = window.id;
  overrun.nestedOf = planned.id;
  overrun.margin = planned.margin;
  overrun.facts = planned.facts;
  overrun.rounds.push({ burst: -overrun.key, onset: window.to, units: new Map() });
  publishRecord(world, overrun, 'opened', `the announced end of ${window.id} has passed`);
  note(planned, world.state.at, 'affected_changed', `overrun since the announced end, see ${overrun.id}`);
  followPlanned(world, overrun, planned);
}

/** The overrun's units come back when the planned incident's do. */
export function followPlanned(world: World, overrun: IncidentRecord, planned: IncidentRecord): void {
  const own = overrun.rounds.at(-1)?.units;
  if (own === undefined) return;
  for (const entry of unitsOf(planned).values()) {
    const known = own.get(entry.unit);
    if (known === undefined && entry.until > 0 && entry.until <= overrun.onset) continue;
    if (known === undefined && overrun.state !== 'open') continue;
    if (known?.until === entry.until) continue;
    own.set(entry.unit, { ...entry, from: overrun.onset });
    world.touched.set(entry.unit, known === undefined ? 'overrun' : 'restored');
    overrun.changed = true;
  }
}
