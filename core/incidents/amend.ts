import { phasesOf } from '../topology/network.ts';
import type { Instant } from '../units/time.ts';
import type { Amend } from './engine.ts';
import { type IncidentRecord, note, type Round } from './record.ts';
import type { World } from './world.ts';

/** Onsets of one incident seen twice agree to about this. */
const SAME_ONSET_MS = 60_000;

/** A person corrects what the evidence told: the ledger follows with corrections, and people are told what changed. */
export function amend(world: World, command: Amend): void {
  const record = recordOf(world, command);
  const round = record?.rounds.at(-1);
  if (record === undefined || round === undefined) return;
  if (command.from !== undefined) moveOnset(world, record, round, command.from, whoAndWhy(command));
  for (const unit of command.units ?? []) amendUnit(world, record, round, unit, whoAndWhy(command));
  leaveOut(world, record, command.without ?? [], whoAndWhy(command));
  note(record, world.state.at, 'amended', summary(command));
  record.changed = true;
}

/** The incident a person means, by its name or, in a replay, by how it stood. */
export function recordOf(
  { state }: World,
  { incident, root, onset = 0 }: Pick<Amend, 'incident' | 'root' | 'onset'>,
): IncidentRecord | undefined {
  const named = state.incidents.find(({ id }) => id !== '' && id === incident);
  if (named !== undefined || root === undefined) return named;
  const distance = (record: IncidentRecord) => Math.abs(record.onset - onset);
  return state.incidents
    .filter((record) => record.published && record.interrupts && record.rootId === root)
    .sort((a, b) => distance(a) - distance(b))
    .find((record) => distance(record) <= SAME_ONSET_MS);
}

function whoAndWhy({ by, reason }: Amend): string {
  return `amended by hand${by === undefined ? '' : ` by ${by}`}: ${reason}`;
}

function summary({ cause, reason }: Amend): string {
  return cause === undefined ? reason : `${reason}; cause: ${cause}`;
}

function moveOnset(world: World, record: IncidentRecord, round: Round, from: Instant, why: string): void {
  const onset = Math.min(from, world.state.at);
  for (const entry of round.units.values()) {
    if (entry.from !== round.onset) continue;
    entry.from = onset;
    if (entry.until !== 0) entry.until = Math.max(entry.until, onset);
    world.touched.set(entry.unit, why);
  }
  round.onset = onset;
  if (round !== record.rounds[0]) return;
  record.onset = onset;
  record.onsetByHand = onset;
  record.onsetEarliest = Math.min(record.onsetEarliest, onset);
}

function amendUnit(
  world: World,
  record: IncidentRecord,
  round: Round,
  said: NonNullable<Amend['units']>[number],
  why: string,
): void {
  const { at } = world.state;
  const { network } = world.current();
  const unit = network.index.get(said.node) ?? -1;
  if (network.nodes[unit]?.kind !== 'unit') return;
  const known = round.units.get(unit);
  const from = Math.min(said.from ?? known?.from ?? round.onset, at);
  const to = said.to === undefined ? (known?.until ?? 0) : (said.to ?? 0);
  const until = to === 0 ? 0 : Math.min(Math.max(to, from), at);
  record.without = record.without?.filter((one) => one !== unit) ?? [];
  round.units.set(unit, {
    unit,
    phases: known?.phases ?? phasesOf(network, unit) & record.phases,
    from,
    until,
    untilHeard: until === 0 ? 0 : at,
    basis: known === undefined || known.basis === 'unknown' ? 'inferred' : known.basis,
    elsewhere: false,
    concluded: until !== 0,
    byHand: true,
  });
  world.touched.set(unit, why);
}

function leaveOut(world: World, record: IncidentRecord, nodes: readonly string[], why: string): void {
  const { network } = world.current();
  for (const node of nodes) {
    const unit = network.index.get(node);
    if (unit === undefined) continue;
    for (const { units } of record.rounds) units.delete(unit);
    record.without = [...(record.without ?? []), unit];
    world.touched.set(unit, why);
  }
}
