import { type Claim, provenDark } from '../detection/claim.ts';
import { isUnder, type Network } from '../topology/network.ts';
import type { Instant } from '../units/time.ts';
import { isUnsteady } from './flapping.ts';
import { spawnNested, splitLate } from './nesting.ts';
import { type AffectedRecord, type IncidentRecord, note, unitsOf } from './record.ts';
import { isUnfinished } from './spread.ts';
import type { World } from './world.ts';

const DAY_MS = 86_400_000;

/** Closes what is proven restored long enough, and ends what was never heard again after a day. */
export function closeProven(world: World): void {
  for (const record of [...world.state.incidents]) {
    if (record.overrunOf !== 0 || !record.interrupts || record.kind === 'communication') continue;
    if (record.state === 'open') considerClosing(world, record);
    else if (record.state === 'restored') {
      splitLate(world, record);
      endUnheard(world, record);
    }
  }
}

function considerClosing(world: World, record: IncidentRecord): void {
  const { at } = world.state;
  if (!isProven(world, record)) {
    record.provenSince = 0;
    return;
  }
  if (record.provenSince === 0) record.provenSince = at;
  const held = !record.live || at - record.provenSince >= 1000 * world.settings.closeHold_s;
  if (held && !isUnsteady(world, record) && !record.rounds.some(isUnfinished)) close(world, record);
}

/** Enough of the affected that can report have live proof; where none can, the sensors below the root. */
export function isProven(world: World, record: IncidentRecord): boolean {
  const units = unitsOf(record);
  if (record.live && nobodyIsBack(world, units)) return false;
  let able = 0;
  let live = 0;
  let waiting = 0;
  let own = 0;
  for (const entry of units.values()) {
    if (entry.elsewhere) continue;
    own += 1;
    if (entry.until === 0) waiting += 1;
    if (entry.basis === 'unknown' || !canReport(world, entry.unit)) continue;
    able += 1;
    if (entry.until > 0) live += 1;
  }
  // All its units are other incidents' by now.
  if (own === 0 && units.size > 0) return true;
  if (!record.live) return waiting === 0 || (able > 0 && live >= world.settings.closeShare * able);
  if (able > 0) return live >= world.settings.closeShare * able;
  return boardsAreLive(world, record);
}

/** Some of them could report supply, and none has yet. */
function nobodyIsBack(world: World, units: ReadonlyMap<number, AffectedRecord>): boolean {
  let able = false;
  for (const { unit, until, elsewhere, basis } of units.values()) {
    if (elsewhere) continue;
    if (until > 0) return false;
    able ||= basis !== 'unknown' && canReport(world, unit);
  }
  return able;
}

function canReport(world: World, unit: number): boolean {
  return world.reporting[unit] === 1;
}

function boardsAreLive(world: World, record: IncidentRecord): boolean {
  const claims = boardClaims(world, record);
  return claims.length > 0 && claims.every(({ until }) => until > 0);
}

/** Dark evidence of sensors under the root that stand at no unit. */
function boardClaims(world: World, record: IncidentRecord): Claim[] {
  const burst = world.state.bursts.find(({ id }) => id === record.rounds.at(-1)?.burst);
  if (burst === undefined) return [];
  const { network } = world.topology(burst.topology);
  return [...burst.claims.values()].filter((claim) => {
    const node = world.sensors[claim.sensor]?.node ?? -1;
    return (
      node >= 0 && !world.metersOf.has(node) && provenDark(claim) !== 0 && isUnder(network, node, record.root)
    );
  });
}

export function close(world: World, record: IncidentRecord): void {
  const { at } = world.state;
  record.state = 'restored';
  record.closedAt = at;
  record.restoredAt = splitLate(world, record) || lastProof(world, record);
  record.changed = true;
  if (!record.published) return;
  const moved = record.live ? spawnNested(world, record) : 0;
  concludeFromNeighbours(world, record);
  let open = 0;
  for (const { until, elsewhere } of unitsOf(record).values()) if (until === 0 && !elsewhere) open += 1;
  note(record, at, 'restored', `${moved} units stay dark under a fault of their own, ${open} were not heard`);
  note(record, at, 'closed', 'proof of supply held long enough');
}

/** The latest proof that counts. */
function lastProof(world: World, record: IncidentRecord): number {
  let last = 0;
  for (const entry of unitsOf(record).values()) {
    if (!entry.elsewhere && entry.basis !== 'unknown') last = Math.max(last, entry.until);
  }
  if (last === 0) for (const { until } of boardClaims(world, record)) last = Math.max(last, until);
  return last === 0 ? world.state.at : last;
}

/** A unit without a device of its own came back when its nearest neighbours did. */
function concludeFromNeighbours(world: World, record: IncidentRecord): void {
  const { network } = world.current();
  const units = unitsOf(record);
  const unheard: AffectedRecord[] = [];
  for (const entry of units.values())
    if (entry.until === 0 && !entry.elsewhere && !canReport(world, entry.unit)) unheard.push(entry);
  if (unheard.length === 0) return;
  const boards = boardClaims(world, record);
  const proofs = firstProofs(network, units);
  for (const entry of unheard) {
    const until =
      neighbourProof(world, network, proofs, boards, entry.unit, record.root) || record.restoredAt;
    entry.until = Math.max(until, entry.from);
    entry.untilHeard = world.state.at;
    entry.concluded = true;
    world.touched.set(entry.unit, 'concluded from its neighbours');
  }
}

/** By node: the earliest proof of supply from a unit at or below it. */
function firstProofs(network: Network, units: ReadonlyMap<number, AffectedRecord>): Map<number, Instant> {
  const first = new Map<number, Instant>();
  for (const { unit, until, concluded } of units.values()) {
    if (until === 0 || concluded) continue;
    for (let node = unit; node >= 0; node = network.parent[node] ?? -1) {
      const known = first.get(node);
      if (known !== undefined && known <= until) break;
      first.set(node, until);
    }
  }
  return first;
}

function neighbourProof(
  world: World,
  network: Network,
  proofs: ReadonlyMap<number, Instant>,
  boards: readonly Claim[],
  unit: number,
  root: number,
): number {
  for (let node = network.parent[unit] ?? -1; node >= 0; node = network.parent[node] ?? -1) {
    const board = boards.find(({ sensor, until }) => world.sensors[sensor]?.node === node && until > 0);
    if (board !== undefined) return board.until;
    const first = proofs.get(node);
    if (first !== undefined) return first;
    if (node === root) return 0;
  }
  return 0;
}

/** After a day without a word a unit is taken to have come back with the rest. */
function endUnheard(world: World, record: IncidentRecord): void {
  if (record.closedAt === 0 || world.state.at - record.closedAt < DAY_MS) return;
  for (const entry of unitsOf(record).values()) {
    if (entry.until !== 0 || entry.elsewhere) continue;
    entry.until = record.restoredAt;
    entry.untilHeard = world.state.at;
    entry.concluded = true;
    world.touched.set(entry.unit, 'not heard for a day: inferred');
    record.changed = true;
  }
}
