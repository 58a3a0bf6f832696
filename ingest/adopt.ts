import type { Changes, Command } from '../core/incidents/engine.ts';
import type { Incident } from '../core/incidents/incident.ts';
import type { LedgerEntry } from '../core/interruptions/interruption.ts';
import type { Instant } from '../core/units/time.ts';
import type { Adoption } from './journaled.ts';
import { mergeChanges, NO_CHANGES } from './merge-changes.ts';

const REASON = 'carried over after the state of detection was lost';

/**
 * Gives open incidents that the engine does not know a successor it does: the one it has open at the same root, else one
 * opened by hand there with the same onset, so that every minute stays counted. The old incident is merged into it and its
 * open interruptions voided. Nobody is told again. What needs no successor (a lost link will be seen again) is retracted;
 * an outage that the engine does not take stays as it is, for a person.
 */
export function adoptIncidents(
  { incidents, interruptions }: Adoption,
  at: Instant,
  engineHas: readonly Incident[],
  command: (command: Command) => Changes,
): Changes {
  const known = new Set(engineHas.map((incident) => incident.id));
  let all = NO_CHANGES;
  for (const incident of incidents) {
    if (known.has(incident.id)) continue;
    if (incident.state !== 'open') {
      all = mergeChanges(all, { ...NO_CHANGES, incidents: [ended(incident, at, 'closed')] });
      continue;
    }
    if (incident.kind !== 'outage' && incident.kind !== 'partial') {
      const retracted = { ...ended(incident, at, 'retracted'), state: 'retracted' } as const;
      all = mergeChanges(all, { ...NO_CHANGES, incidents: [retracted] });
      continue;
    }
    const { changes, successor } = succeed(incident, engineHas, command);
    if (successor === undefined) continue;
    const merged = { ...ended(incident, at, 'merged'), state: 'merged', mergedInto: successor.id } as const;
    const ledger = interruptions
      .filter((interruption) => interruption.causes.some((cause) => cause.incident === incident.id))
      .map((body): LedgerEntry => ({ type: 'voided', at, reason: REASON, body }));
    all = mergeChanges(all, { incidents: [merged], ledger, notices: [] });
    all = mergeChanges(all, { ...changes, notices: [] });
  }
  return all;
}

function succeed(incident: Incident, engineHas: readonly Incident[], command: (command: Command) => Changes) {
  const { root, onset } = incident;
  const present = engineHas.find((candidate) => candidate.root === root && candidate.state === 'open');
  if (present !== undefined) return { changes: { ...NO_CHANGES, incidents: [present] }, successor: present };
  const changes = command({ type: 'open', node: root, from: onset, reason: REASON });
  return {
    changes,
    successor: changes.incidents.find((candidate) => candidate.root === root) ?? changes.incidents[0],
  };
}

function ended(incident: Incident, at: Instant, event: 'merged' | 'retracted' | 'closed'): Incident {
  return { ...incident, closedAt: at, timeline: [...incident.timeline, { at, event, reason: REASON }] };
}
