import { lastLit } from '../detection/device-state.ts';
import { idOf, phasesOf, unitsUnder } from '../topology/network.ts';
import { ALL_PHASES } from '../units/phases.ts';
import { close } from './closing.ts';
import type { Command } from './engine.ts';
import { makeRecord, publishRecord } from './make-record.ts';
import { type AffectedRecord, type IncidentRecord, note, unitsOf } from './record.ts';
import type { World } from './world.ts';

/** Somebody called: most units may have no meter that could. Units shown live since then are left out. */
export function openByHand(world: World, command: Extract<Command, { type: 'open' }>): void {
  const { network } = world.current();
  const root = network.index.get(command.node);
  if (root === undefined) return;
  const known = world.state.incidents.some(
    (one) => one.published && one.state === 'open' && one.root === root && one.interrupts,
  );
  if (known) return;
  const from = Math.min(command.from, world.state.at);
  const id = idOf(network, root);
  const record = makeRecord(
    world,
    'outage',
    { root, rootId: id, rootSide: null, candidates: [id], phases: phasesOf(network, root) },
    from,
    from,
  );
  record.byHand = true;
  record.margin = 3_000;
  const units = new Map<number, AffectedRecord>();
  for (const unit of unitsUnder(network, root)) {
    if (isLitSince(world, unit, from) || isDarkElsewhere(world, unit)) continue;
    units.set(unit, {
      unit,
      phases: phasesOf(network, unit) & ALL_PHASES,
      from,
      until: 0,
      untilHeard: 0,
      basis: 'inferred',
      elsewhere: false,
      concluded: false,
    });
    world.touched.set(unit, 'entered by hand');
  }
  record.rounds.push({ burst: -record.key, onset: from, units });
  publishRecord(world, record, 'opened', command.reason);
}

function isLitSince(world: World, unit: number, from: number): boolean {
  return (world.metersOf.get(unit) ?? []).some((sensor) => {
    const state = world.state.devices[world.sensors[sensor]?.index ?? -1];
    return state !== undefined && world.sensors[sensor]?.device.backfeed === false && lastLit(state) > from;
  });
}

function isDarkElsewhere(world: World, unit: number): boolean {
  return world.state.incidents.some(
    (record) =>
      record.state === 'open' &&
      record.interrupts &&
      record.published &&
      unitsOf(record).get(unit)?.until === 0,
  );
}

/** Live readings end what was entered by hand, unit by unit. */
export function followByHand(world: World): void {
  for (const record of world.state.incidents) {
    if (!record.byHand || record.state !== 'open') continue;
    for (const entry of unitsOf(record).values()) {
      if (entry.until !== 0) continue;
      for (const sensor of world.metersOf.get(entry.unit) ?? []) {
        const state = world.state.devices[world.sensors[sensor]?.index ?? -1];
        if (state === undefined || world.sensors[sensor]?.device.backfeed !== false) continue;
        const lit = lastLit(state);
        if (lit <= record.detectedAt) continue;
        entry.until = Math.max(entry.from, state.boot > entry.from ? state.boot : lit);
        entry.untilHeard = world.state.at;
        world.touched.set(entry.unit, 'supply proven');
        record.changed = true;
      }
    }
  }
}

/** A person's word ends an incident; over units known dark only with a reason, which is kept. */
export function restoreByHand(
  world: World,
  record: IncidentRecord,
  reason: string | undefined,
  by: string | undefined,
): void {
  const { at } = world.state;
  const { network } = world.current();
  const dark = [...unitsOf(record).values()].filter((entry) => entry.until === 0 && !entry.elsewhere);
  const known = dark.filter(({ basis }) => basis === 'confirmed').map(({ unit }) => idOf(network, unit));
  if (known.length > 0 && (reason === undefined || reason === '')) {
    note(record, at, 'amended', `closing refused, still dark: ${known.slice(0, 20).join(', ')}`);
    return;
  }
  for (const entry of dark) {
    entry.until = at;
    entry.untilHeard = at;
    entry.concluded = true;
    world.touched.set(entry.unit, `confirmed by hand${by === undefined ? '' : ` by ${by}`}: ${reason ?? ''}`);
  }
  note(record, at, 'amended', `restored by hand: ${reason ?? ''}`);
  close(world, record);
}
