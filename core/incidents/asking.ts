import { type IncidentRecord, unitsOf } from './record.ts';
import { isUnfinished } from './spread.ts';
import type { World } from './world.ts';

/** Pauses before each time the unheard are asked, from the first proof of return on. */
const PAUSES_S: readonly number[] = [5, 15, 45, 120];

/**
 * Devices to be asked for a reading now: units of an incident whose supply came back somewhere, and that have not been
 * heard since. An answer proves their return; without one nothing is concluded.
 */
export function devicesToAsk(world: World): string[] {
  const { at } = world.state;
  const devices: string[] = [];
  for (const record of world.state.incidents) {
    if (!mayAsk(record)) continue;
    if (record.askAt === 0) {
      if (cameBackSomewhere(record)) record.askAt = at + 1000 * (PAUSES_S[0] ?? 0);
      continue;
    }
    if (at < record.askAt || record.rounds.some(isUnfinished)) continue;
    record.askedTimes += 1;
    record.askAt = at + 1000 * (PAUSES_S[record.askedTimes] ?? 0);
    devices.push(...unheardDevices(world, record));
  }
  return devices;
}

function mayAsk(record: IncidentRecord): boolean {
  return (
    record.published &&
    record.interrupts &&
    (record.state === 'open' || record.state === 'restored') &&
    record.rounds.length > 0 &&
    record.askedTimes < PAUSES_S.length
  );
}

function cameBackSomewhere(record: IncidentRecord): boolean {
  for (const { until, elsewhere } of unitsOf(record).values()) if (until > 0 && !elsewhere) return true;
  return false;
}

function unheardDevices(world: World, record: IncidentRecord): string[] {
  const devices: string[] = [];
  for (const { unit, until, elsewhere, concluded } of unitsOf(record).values()) {
    if (elsewhere || (until > 0 && !concluded)) continue;
    for (const sensor of world.metersOf.get(unit) ?? []) {
      const facts = world.sensors[sensor];
      if (facts?.answers === true) devices.push(facts.device.id);
    }
  }
  return devices;
}
