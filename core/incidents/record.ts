import type { Told } from '../notices/owed.ts';
import { type PhaseMask, phasesText } from '../units/phases.ts';
import type { Instant } from '../units/time.ts';
import type { IncidentCause } from './cause.ts';
import type { EvidenceFacts } from './explanation.ts';
import { explain } from './explanation.ts';
import type {
  AffectedUnit,
  Incident,
  IncidentKind,
  IncidentState,
  TimelineEntry,
  TimelineEventType,
} from './incident.ts';

/** One unit inside one round of darkness of an incident. Plain data; `until` 0 is "still dark". */
export interface AffectedRecord {
  readonly unit: number;
  phases: PhaseMask;
  from: Instant;
  until: Instant;
  /** Arrival of the proof that supply is back. */
  untilHeard: Instant;
  basis: AffectedUnit['basis'];
  /** Dark already by an earlier incident, which keeps it; this one only holds it dark as well. */
  elsewhere: boolean;
  /** `until` was concluded from neighbours, not proven by a device of its own. */
  concluded: boolean;
  /** A person said so: evidence does not change it, but for its end where that is still open. */
  byHand?: boolean;
}

export interface Outlook {
  readonly cause: IncidentCause | null;
  readonly eta: Instant | null;
}

/** One time the supply went away within an incident: a flapping one has several. */
export interface Round {
  readonly burst: number;
  onset: Instant;
  readonly units: Map<number, AffectedRecord>;
}

/**
 * An incident while the engine works on it. One that is not published (yet) ended before its hold: it only leaves
 * interruptions. Plain data throughout.
 */
export interface IncidentRecord {
  /** Numbers records in the order they were made. */
  readonly key: number;
  /** '' until it is published. */
  id: string;
  kind: IncidentKind;
  published: boolean;
  /** Opened while the darkness lasted; otherwise found out afterwards, and nobody is told that supply is lost. */
  live: boolean;
  byHand: boolean;
  /** A fault that takes no supply away (brownout): people are affected, nothing is interrupted. */
  interrupts: boolean;
  planned: string | null;
  /** Key of the planned incident whose announced end this one overruns; 0 for none. */
  overrunOf: number;
  /** Onset inherited from the incident it was hidden under; 0 for none. */
  nestedSince: Instant;
  /** Onset inherited from the communication incident it began as; 0 for none. */
  linkSince: Instant;
  /** Number of the root node; for a communication incident -1 and `rootId` says it all. */
  root: number;
  rootId: string;
  rootSide: 'in' | 'out' | null;
  candidates: string[];
  phases: PhaseMask;
  /** Onset that a person entered, and units that a person took out. */
  onsetByHand?: Instant;
  without?: number[];
  /** What people said about reason and end. */
  outlook?: Outlook;
  /** The window whose announced end it overruns. */
  overrunWindow?: string;
  state: IncidentState;
  mergedInto: string | null;
  nestedOf: string | null;
  onset: Instant;
  onsetEarliest: Instant;
  detectedAt: Instant;
  restoredAt: Instant;
  closedAt: Instant;
  flaps: number;
  flapTimes: Instant[];
  margin: number;
  facts: EvidenceFacts;
  rounds: Round[];
  /** Devices that were silent when a communication incident opened. */
  linkDevices: number[];
  /** The voltage picture it rests on; null for a loss of supply. */
  pattern: 'open_high_side_phase' | 'broken_neutral' | null;
  timeline: TimelineEntry[];
  /** Since when enough of the affected are live; 0 while they are not. */
  provenSince: Instant;
  /** When those not heard since the return are asked next (0: nobody came back yet), and how often they were. */
  askAt: Instant;
  askedTimes: number;
  told: Told;
  /** When the next notice may fall due without anything changing; 0 for never. */
  noticeDue: Instant;
  changed: boolean;
}

/** The units of every round, the latest round of each winning. */
export function unitsOf(record: IncidentRecord): Map<number, AffectedRecord> {
  if (record.rounds.length === 1) return record.rounds[0]?.units ?? new Map();
  const units = new Map<number, AffectedRecord>();
  for (const round of record.rounds) for (const [unit, entry] of round.units) units.set(unit, entry);
  return units;
}

export function note(record: IncidentRecord, at: Instant, event: TimelineEventType, reason: string): void {
  record.timeline.push({ at, event, reason });
  record.changed = true;
}

/** The incident as everybody else sees it. */
export function publish(
  record: IncidentRecord,
  unitId: (unit: number) => string,
  momentary_ms: number,
): Incident {
  const affected: AffectedUnit[] = [];
  for (const entry of unitsOf(record).values()) {
    if (entry.elsewhere) continue;
    affected.push({
      node: unitId(entry.unit),
      phases: phasesText(entry.phases),
      from: entry.from,
      to: entry.until === 0 ? null : entry.until,
      basis: entry.basis,
    });
  }
  const restoredAt = record.restoredAt === 0 ? null : record.restoredAt;
  return {
    id: record.id,
    kind: record.kind,
    planned: record.planned,
    root: record.rootId,
    rootSide: record.rootSide,
    candidates: record.candidates,
    phases: phasesText(record.phases),
    state: record.state,
    mergedInto: record.mergedInto,
    nestedOf: record.nestedOf,
    onset: record.onset,
    onsetEarliest: record.onsetEarliest,
    detectedAt: record.detectedAt,
    restoredAt,
    closedAt: record.closedAt === 0 ? null : record.closedAt,
    ...outlookOf(record),
    momentary: record.interrupts && restoredAt !== null && restoredAt - record.onset <= momentary_ms,
    flaps: record.flaps,
    confidence: confidenceOf(record.margin),
    explanation: explain(record, affected),
    affected,
    timeline: [...record.timeline],
  };
}

function outlookOf({
  outlook,
  overrunWindow,
}: IncidentRecord): Pick<Incident, 'cause' | 'eta' | 'overrunOf'> {
  const { cause = null, eta = null } = outlook ?? {};
  return {
    ...(cause === null ? {} : { cause }),
    ...(eta === null ? {} : { eta }),
    ...(overrunWindow === undefined ? {} : { overrunOf: overrunWindow }),
  };
}

/** 1/(1+e^(-margin/1000)), rounded to a thousandth. */
function confidenceOf(margin: number): number {
  return Math.round(1000 / (1 + Math.exp(-margin / 1000))) / 1000;
}
