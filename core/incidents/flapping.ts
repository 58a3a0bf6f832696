import type { Burst } from '../detection/burst.ts';
import { isUnder } from '../topology/network.ts';
import type { Instant } from '../units/time.ts';
import { type IncidentRecord, note, unitsOf } from './record.ts';
import { onsetOf, type Verdict } from './verdict.ts';
import type { World } from './world.ts';

/**
 * The incident a new burst is a relapse of: the same root dark again soon after it was restored, or anything under the
 * root of an incident that still waits for its proof.
 */
export function flapping(world: World, verdict: Verdict): IncidentRecord | undefined {
  const { onset } = onsetOf(world, verdict);
  const reopen = 1000 * world.settings.reopen_s;
  return world.state.incidents.findLast((record) => {
    if (!record.published || !record.interrupts || record.rounds.length === 0 || record.overrunOf !== 0)
      return false;
    if ((record.phases & verdict.phases) === 0 || record.onset >= onset) return false;
    const { network, root } = verdict;
    if (record.state === 'open') return isUnder(network, root, record.root) && relapses(record, verdict);
    const same = record.root === root || verdict.candidates.includes(record.rootId);
    return record.state === 'restored' && same && onset - record.restoredAt <= reopen;
  });
}

/** Some unit under the new root had come back before it went dark again. */
function relapses(record: IncidentRecord, { network, root }: Verdict): boolean {
  for (const entry of unitsOf(record).values()) {
    if (entry.until > 0 && isUnder(network, entry.unit, root)) return true;
  }
  return false;
}

export function beginFlap(world: World, record: IncidentRecord, burst: Burst, onset: Instant): void {
  const { at } = world.state;
  record.flaps += 1;
  record.flapTimes = [
    ...record.flapTimes.filter((time) => at - time <= 1000 * world.settings.flapWindow_s),
    at,
  ];
  record.provenSince = 0;
  if (record.state === 'restored') {
    record.state = 'open';
    record.restoredAt = 0;
    record.closedAt = 0;
    note(record, at, 'reopened', 'dark again at the same root');
  } else {
    note(record, at, 'flapped', `supply came and went, ${record.flaps} times so far`);
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
