import { newTold } from '../notices/owed.ts';
import type { Instant } from '../units/time.ts';
import { NO_FACTS } from './explanation.ts';
import type { IncidentKind, TimelineEventType } from './incident.ts';
import { type IncidentRecord, note } from './record.ts';
import type { World } from './world.ts';

export interface Root {
  readonly root: number;
  readonly rootId: string;
  readonly rootSide: 'in' | 'out' | null;
  readonly candidates: string[];
  readonly phases: number;
}

/** A new record, not yet published, at the end of the list. */
export function makeRecord(
  world: World,
  kind: IncidentKind,
  root: Root,
  onset: Instant,
  onsetEarliest: Instant,
): IncidentRecord {
  const { state } = world;
  state.ordinals.record += 1;
  const record: IncidentRecord = {
    key: state.ordinals.record,
    id: '',
    kind,
    published: false,
    live: true,
    byHand: false,
    interrupts: kind === 'outage' || kind === 'partial',
    planned: null,
    overrunOf: 0,
    nestedSince: 0,
    linkSince: 0,
    ...root,
    state: 'open',
    mergedInto: null,
    nestedOf: null,
    onset,
    onsetEarliest,
    detectedAt: state.at,
    restoredAt: 0,
    closedAt: 0,
    flaps: 0,
    flapTimes: [],
    margin: 0,
    facts: NO_FACTS,
    rounds: [],
    linkDevices: [],
    pattern: null,
    timeline: [],
    provenSince: 0,
    askAt: 0,
    askedTimes: 0,
    told: newTold(),
    noticeDue: 0,
    changed: true,
  };
  state.incidents.push(record);
  return record;
}

/** Gives the record its name; from here on people see it. */
export function publishRecord(
  world: World,
  record: IncidentRecord,
  event: TimelineEventType,
  reason: string,
): void {
  const { state } = world;
  state.ordinals.incident += 1;
  record.published = true;
  record.id = world.newId('incident', state.at, state.ordinals.incident);
  record.detectedAt = state.at;
  note(record, state.at, event, reason);
}
