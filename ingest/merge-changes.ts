import type { Changes } from '../core/incidents/engine.ts';

export const NO_CHANGES: Changes = { incidents: [], ledger: [], notices: [] };

export function isEmpty(changes: Changes): boolean {
  return changes.incidents.length === 0 && changes.ledger.length === 0 && changes.notices.length === 0;
}

/** What two inputs of one record changed, as one: an incident stands as the later one left it, everything else adds up. */
export function mergeChanges(first: Changes, second: Changes): Changes {
  if (isEmpty(first)) return second;
  if (isEmpty(second)) return first;
  const later = new Set(second.incidents.map((incident) => incident.id));
  return {
    incidents: [...first.incidents.filter((incident) => !later.has(incident.id)), ...second.incidents],
    ledger: [...first.ledger, ...second.ledger],
    notices: [...first.notices, ...second.notices],
  };
}
