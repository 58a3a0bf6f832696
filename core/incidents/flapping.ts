import type { Burst } from '../detection/burst.ts';
import { isUnder } from '../topology/network.ts';
import type { Instant } from '../units/time.ts';
import { type IncidentRecord, note } from './record.ts';
import { onsetOf, type Verdict } from './verdict.ts';
import type { World } from './world.ts';

/**
 * The incident a new burst is a relapse of: the same root dark again soon after it was restored, or units of an incident
 * that still waits for its proof.
 */
export function flapping(world: World, verdict: Verdict): IncidentRecord | undefined {
  const { onset } = onsetOf(world, verdict);
  const reopen = 1000 * world.settings.reopen_s;
  return world.state.incidents.findLast((record) => {
    if (!record.published || !record.interrupts || record.rounds.length === 0 || record.overrunOf !== 0)
      return false;
    if ((record.phases & verdict.phases) === 0 || record.onset >= onset) return false;
    if (record.rounds.some(({ burst }) => burst === verdict.burst.id)) return false;
    if (record.state === 'open') return sharesUnits(world, record, verdict);
    const same = record.root === verdict.root || verdict.candidates.includes(record.rootId);
    return record.state === 'restored' && same && onset - record.restoredAt <= reopen;
  });
}

/** Units that now report were dark with the incident before, or are neighbours of those under its root. */
function sharesUnits(world: World, record: IncidentRecord, verdict: Verdict): boolean {
  if (!belongsTo(record, verdict)) return false;
  return verdict.claims.some(({ sensor }) => {
    const node = world.sensors[sensor]?.node ?? -1;
    return record.rounds.some(({ units }) => units.has(node));
  });
}

export function belongsTo(record: IncidentRecord, { network, root, phases }: Verdict): boolean {
  return (record.phases & phases) !== 0 && isUnder(network, root, record.root);
}

/** Bursts this close together are one drop seen in pieces. */
const SAME_DROP_MS = 3_000;

export function beginFlap(world: World, record: IncidentRecord, burst: Burst, onset: Instant): void {
  const { at } = world.state;
  const last = record.rounds.at(-1);
  const isNew = last === undefined || onset - last.onset > SAME_DROP_MS;
  if (isNew) record.flaps += 1;
  if (isNew)
    record.flapTimes = [
      ...record.flapTimes.filter((time) => at - time <= 1000 * world.settings.flapWindow_s),
      at,
    ];
  record.provenSince = 0;
  record.askAt = 0;
  record.askedTimes = 0;
  if (record.state === 'restored') {
    record.state = 'open';
    record.restoredAt = 0;
    record.closedAt = 0;
    note(record, at, 'reopened', 'dark again at the same root');
  } else {
    if (isNew) note(record, at, 'flapped', `supply came and went, ${record.flaps} times so far`);
  }
  burst.records.push(record.key);
  record.rounds.push({ burst: burst.id, onset, units: new Map() });
}

/** Too many drops of late: no restoration is believed until there is quiet. */
export function isUnsteady(world: World, record: IncidentRecord): boolean {
  const recent = record.flapTimes.filter(
    (time) => world.state.at - time <= 1000 * world.settings.flapWindow_s,
  );
  return recent.length >= world.settings.flapCount;
}
