import type { Notice, NoticeStage } from '../notices/notice.ts';
import { oweChanged, remember } from '../notices/outlook.ts';
import { type Concern, owedToOwners, oweStaff } from '../notices/owed.ts';
import type { Instant } from '../units/time.ts';
import { isUnsteady } from './flapping.ts';
import { isLarge, portionOf } from './portion.ts';
import { type AffectedRecord, type IncidentRecord, unitsOf } from './record.ts';
import { isUnfinished } from './spread.ts';
import type { World } from './world.ts';

interface Owed {
  readonly notices: readonly Notice[];
  /** The owners' turn is the next step. */
  readonly waits: boolean;
  /** How many units' people were gone through. */
  readonly asked: number;
}

/** What this incident owes people now, when this step has given so many notices already; a second later the rest. */
export function owedNotices(world: World, record: IncidentRecord, given: number): Owed {
  const { at } = world.state;
  const waits = isStormStep(world, record);
  // A second longer while units are still to be looked at: the step that ends it does enough.
  if (waits) record.noticeDue = at + (record.rounds.some(isUnfinished) ? 2000 : 1000);
  const owners = waits ? [] : ownersOf(world, record, given);
  const asked = waits ? 0 : unitsOf(record).size;
  const stage = staffStage(record);
  if (stage === null) return { notices: owners, waits, asked };
  const staff = oweStaff(record.id, record.told, stage, premisesOf(world, record), at);
  return { notices: [...owners, staff], waits, asked };
}

/** A storm is published first; telling its people is the next step's work, and is put off no second time. */
function isStormStep({ state: { at }, step }: World, record: IncidentRecord): boolean {
  if (record.detectedAt === at || record.closedAt === at) return isLarge(unitsOf(record).size);
  if (record.rounds.some(isUnfinished)) return true;
  return isLarge(step.moved) && isLarge(unitsOf(record).size) && !isOwed(record, at);
}

function isOwed({ noticeDue }: IncidentRecord, at: Instant): boolean {
  return noticeDue > 0 && noticeDue <= at;
}

function ownersOf(world: World, record: IncidentRecord, given: number): Notice[] {
  const { at } = world.state;
  const concerns = concernsOf(world, record);
  const most = Math.max(0, portionOf(concerns.length, false) - given);
  const owners = owedToOwners(record.id, record.told, concerns, announces(record), at, most);
  if (owners.length >= most) record.noticeDue = at + 1000;
  return [...owners, ...changesOf(world, record, owners, most)];
}

/** Reason and end as they stand now, for those who read otherwise. */
function changesOf(
  world: World,
  record: IncidentRecord,
  owners: readonly Notice[],
  most: number,
): readonly Notice[] {
  const text = outlookText(world, record);
  remember(record.told, owners, text);
  if (!announces(record)) return [];
  const { notices, next } = oweChanged(record.id, record.told, text, world.state.at, most - owners.length);
  if (next > 0 && (record.noticeDue === 0 || next < record.noticeDue)) record.noticeDue = next;
  return notices;
}

/** All that a message says about reason, beginning and end, as far as people can be wrong about it. */
function outlookText(world: World, record: IncidentRecord): string {
  const { network } = world.current();
  const { outlook, onsetByHand } = record;
  const isFeed = network.nodes[record.root]?.kind === 'feed';
  const cause = outlook?.cause ?? (isFeed ? 'public_supply' : record.kind);
  return JSON.stringify([cause, outlook?.eta ?? null, onsetByHand ?? null]);
}

/** Owners hear of losses that last, are unannounced and were noticed while they lasted. */
function announces(record: IncidentRecord): boolean {
  return record.live && record.interrupts && record.planned === null && record.state === 'open';
}

/** Whether it may have taken supply from people's premises. */
function concernsPeople({ state, interrupts, kind }: IncidentRecord): boolean {
  return state !== 'merged' && interrupts && (kind === 'outage' || kind === 'partial');
}

function premisesOf(world: World, record: IncidentRecord): string[] {
  if (!concernsPeople(record)) return [];
  const { network } = world.current();
  const premises: string[] = [];
  for (const { unit, elsewhere } of unitsOf(record).values()) {
    const id = elsewhere ? undefined : network.nodes[unit]?.premises;
    if (id !== undefined) premises.push(id);
  }
  return premises;
}

function concernsOf(world: World, record: IncidentRecord): Concern[] {
  const concerns: Concern[] = [];
  record.noticeDue = 0;
  if (!concernsPeople(record)) return concerns;
  const { network } = world.current();
  const steady = !isUnsteady(world, record);
  for (const entry of unitsOf(record).values()) {
    const id = network.nodes[entry.unit]?.premises;
    if (id === undefined || entry.elsewhere || entry.basis === 'unknown') continue;
    const state = stateOf(world, record, entry, steady);
    for (const recipient of world.peopleOf.get(id) ?? []) concerns.push({ recipient, premises: id, state });
  }
  return concerns;
}

function stateOf(
  world: World,
  record: IncidentRecord,
  entry: AffectedRecord,
  steady: boolean,
): Concern['state'] {
  if (entry.until === 0) return 'dark';
  if (record.state === 'restored') return 'restored';
  const due = entry.untilHeard + 1000 * world.settings.closeHold_s;
  if (steady && world.state.at >= due) return 'restored';
  const check: Instant = Math.max(due, world.state.at + 1000);
  if (record.noticeDue === 0 || check < record.noticeDue) record.noticeDue = check;
  return 'pending';
}

const STAGES: Readonly<Record<IncidentRecord['kind'], readonly [NoticeStage, NoticeStage]>> = {
  outage: ['opened', 'closed'],
  partial: ['opened', 'closed'],
  communication: ['link_lost', 'link_restored'],
  safety: ['danger', 'closed'],
  customer: ['opened', 'closed'],
};

/** The duty desk hears of every opening and every end once. */
function staffStage(record: IncidentRecord): NoticeStage | null {
  const [opening, ending] = STAGES[record.kind];
  const told = (stage: NoticeStage) => record.told.revisions.get(`staff ${stage}`) ?? 0;
  if (record.state === 'open') return record.live && told(opening) <= told(ending) ? opening : null;
  if (told(ending) < told(opening)) return ending;
  return !record.live && record.state === 'restored' && told(ending) === 0 ? ending : null;
}
