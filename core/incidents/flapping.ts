import type { Burst } from '../detection/burst.ts';
import { provenDark } from '../detection/claim.ts';
import { isUnder } from '../topology/network.ts';
import type { Instant } from '../units/time.ts';
import { type IncidentRecord, note } from './record.ts';
import { onsetOf, type Verdict } from './verdict.ts';
import type { World } from './world.ts';

/** Whether an incident can come and go at all: people know it, and it took supply. */
export function mayFlap({ published, interrupts, rounds, overrunOf }: IncidentRecord): boolean {
  return published && interrupts && rounds.length > 0 && overrunOf === 0;
}

/**
 * The incident of those `known` that a new burst is a relapse of: the same root dark again soon after it was restored, or units of an incident
 * that still waits for its proof.
 */
export function flapping(
  world: World,
  known: readonly IncidentRecord[],
  verdict: Verdict,
): IncidentRecord | undefined {
  if (verdict.burst.nestedUnder !== 0) return undefined;
  const { onset } = onsetOf(world, verdict);
  const reopen = 1000 * world.settings.reopen_s;
  return known.findLast((record) => {
    if ((record.phases & verdict.phases) === 0 || record.onset >= onset) return false;
    if (record.rounds.some(({ burst }) => burst === verdict.burst.id)) return false;
    if (record.state === 'open') return sharesUnits(world, record, verdict);
    const same =
      record.root === verdict.root ||
      verdict.candidates.includes(record.rootId) ||
      (isUnder(verdict.network, record.root, verdict.root) && staysWithin(world, record, verdict));
    return record.state === 'restored' && same && onset - record.restoredAt <= reopen;
  });
}

/** Units that now report were dark with the incident before, or are neighbours of those under its root. */
function sharesUnits(world: World, record: IncidentRecord, verdict: Verdict): boolean {
  if (!belongsTo(world, record, verdict)) return false;
  return verdict.claims.some(({ sensor }) => {
    const node = world.sensors[sensor]?.node ?? -1;
    return record.rounds.some(({ units }) => units.has(node));
  });
}

export function belongsTo(world: World, record: IncidentRecord, verdict: Verdict): boolean {
  if ((record.phases & verdict.phases) === 0) return false;
  return isUnder(verdict.network, verdict.root, record.root) || staysWithin(world, record, verdict);
}

/**
 * Whether all who report stand under the root of the incident: as long as nobody else does, the same thing fails again
 * rather than something above it, whatever has not yet spoken against that.
 */
function staysWithin(world: World, record: IncidentRecord, { network, claims }: Verdict): boolean {
  return claims.every(
    (claim) =>
      provenDark(claim) === 0 || isUnder(network, world.sensors[claim.sensor]?.node ?? -1, record.root),
  );
}

/** Bursts this close together are one drop seen in pieces. */
const SAME_DROP_MS = 3_000;

/** A further round of darkness; `live`: it lasts, and was not found out afterwards. */
export function beginFlap(
  world: World,
  record: IncidentRecord,
  burst: Burst,
  onset: Instant,
  live: boolean,
): void {
  const { at } = world.state;
  const isNew = record.rounds.every((round) => Math.abs(onset - round.onset) > SAME_DROP_MS);
  if (isNew) record.flaps += 1;
  if (isNew)
    record.flapTimes = [
      ...record.flapTimes.filter((time) => at - time <= 1000 * world.settings.flapWindow_s),
      at,
    ];
  if (live) {
    record.live = true;
    record.provenSince = 0;
    record.askAt = 0;
    record.askedTimes = 0;
  }
  if (live && record.state === 'restored') {
    record.state = 'open';
    record.restoredAt = 0;
    record.closedAt = 0;
    note(record, at, 'reopened', 'dark again at the same root');
  } else {
    if (isNew) note(record, at, 'flapped', `supply came and went, ${record.flaps} times so far`);
  }
  burst.records.push(record.key);
  // One found out afterwards may be older than one that is known already.
  record.rounds.push({ burst: burst.id, onset, units: new Map() });
  record.rounds.sort((a, b) => a.onset - b.onset || a.burst - b.burst);
}

/** Too many drops of late: no restoration is believed until there is quiet. */
export function isUnsteady(world: World, record: IncidentRecord): boolean {
  const recent = record.flapTimes.filter(
    (time) => world.state.at - time <= 1000 * world.settings.flapWindow_s,
  );
  return recent.length >= world.settings.flapCount;
}
