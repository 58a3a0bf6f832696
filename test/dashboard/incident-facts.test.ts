import { describe, expect, it } from 'vitest';
import type { IncidentView } from '../../contracts/http/incidents.ts';
import type { InterruptionView } from '../../contracts/http/interruptions.ts';
import { darkMinutes } from '../../dashboard/src/state/dark-minutes.ts';
import {
  byUrgency,
  isAcknowledged,
  priorityOf,
  restoredUnits,
  stagesOf,
} from '../../dashboard/src/state/incident-facts.ts';

const ONSET = '2026-11-22T08:00:00.000Z';
const later = (minutes: number) => new Date(Date.parse(ONSET) + minutes * 60_000).toISOString();

function incident(parts: Partial<IncidentView> = {}): IncidentView {
  return {
    id: 'i1',
    kind: 'outage',
    planned: null,
    root: 'R1',
    rootSide: null,
    candidates: ['R1'],
    phases: 'ABC',
    state: 'open',
    mergedInto: null,
    nestedOf: null,
    onset: ONSET,
    onsetEarliest: ONSET,
    detectedAt: later(0.1),
    restoredAt: null,
    closedAt: null,
    momentary: false,
    flaps: 0,
    confidence: 1,
    explanation: { 'zh-CN': '', en: '' },
    affected: [],
    timeline: [],
    ...parts,
  };
}

function dark(node: string, from: number, to: number | null): IncidentView['affected'][number] {
  return { node, phases: 'A', from: later(from), to: to === null ? null : later(to), basis: 'confirmed' };
}

describe('an incident', () => {
  it('is urgent when people sit in the dark unannounced, important when announced, minor when only a link is lost', () => {
    expect(priorityOf(incident())).toBe(1);
    expect(priorityOf(incident({ kind: 'partial' }))).toBe(1);
    expect(priorityOf(incident({ planned: 'p1' }))).toBe(2);
    expect(priorityOf(incident({ kind: 'communication' }))).toBe(3);
  });

  it('stands before a less urgent and before a younger one', () => {
    const old = incident({ id: 'old' });
    const young = incident({ id: 'young', onset: later(5) });
    const link = incident({ id: 'link', kind: 'communication', onset: later(-60) });
    expect([link, young, old].sort(byUrgency).map(({ id }) => id)).toEqual(['old', 'young', 'link']);
  });

  it('is acknowledged once a person said so', () => {
    expect(isAcknowledged(incident())).toBe(false);
    expect(
      isAcknowledged(incident({ timeline: [{ at: later(1), event: 'acknowledged', reason: 'u1' }] })),
    ).toBe(true);
  });

  it('waits for its first stage not reached', () => {
    const waiting = (parts: Partial<IncidentView>) =>
      stagesOf(incident(parts), null).find(({ now }) => now)?.stage;
    const acknowledged = { timeline: [{ at: later(1), event: 'acknowledged' as const, reason: '' }] };
    expect(waiting({})).toBe('acknowledged');
    expect(waiting(acknowledged)).toBe('restored');
    expect(waiting({ ...acknowledged, restoredAt: later(9) })).toBe('closed');
    expect(waiting({ ...acknowledged, restoredAt: later(9), closedAt: later(10) })).toBeUndefined();
  });

  it('counts the units that are back', () => {
    expect(restoredUnits(incident({ affected: [dark('u1', 0, 5), dark('u2', 0, null)] }))).toBe(1);
  });
});

describe('minutes in the dark', () => {
  const since = Date.parse(ONSET);
  const now = Date.parse(later(10));
  let entries = 0;
  function entry(premises: string, from: number, to: number | null): InterruptionView {
    entries += 1;
    return {
      id: `x${entries}`,
      premises,
      phases: 'A',
      from: later(from),
      to: to === null ? null : later(to),
      momentary: false,
      operations: 1,
      planned: null,
      causes: [],
    };
  }

  it('add up over units, open ones until now, none before the day began', () => {
    expect(darkMinutes([entry('1', -30, 4), entry('2', 2, null)], since, now)).toBeCloseTo(4 + 8);
  });

  it('count a unit once where two entries overlap, and each of its rounds', () => {
    expect(darkMinutes([entry('1', 0, 6), entry('1', 4, 7), entry('1', 8, 9)], since, now)).toBeCloseTo(8);
  });
});
