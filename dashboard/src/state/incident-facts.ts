import type { IncidentView } from '../../../contracts/http/incidents.ts';

export type Priority = 1 | 2 | 3;

/** 1: people are without supply or in danger. 2: they were told beforehand. 3: nobody is known to be without. */
export function priorityOf(incident: IncidentView): Priority {
  if (incident.kind === 'communication' || incident.kind === 'customer') return 3;
  return incident.planned === null ? 1 : 2;
}

export function isAcknowledged(incident: IncidentView): boolean {
  return incident.timeline.some(({ event }) => event === 'acknowledged');
}

export function restoredUnits(incident: IncidentView): number {
  return incident.affected.filter(({ to }) => to !== null).length;
}

/** Most urgent first: by priority, then the longest dark. */
export function byUrgency(a: IncidentView, b: IncidentView): number {
  return priorityOf(a) - priorityOf(b) || Date.parse(a.onset) - Date.parse(b.onset);
}

export type Stage = 'detected' | 'acknowledged' | 'restored' | 'closed';

/** The way of an incident with what is done and when; `now` is the one people wait for. */
export function stagesOf(incident: IncidentView): { stage: Stage; at: number | null; now: boolean }[] {
  const acknowledged = incident.timeline.find(({ event }) => event === 'acknowledged')?.at ?? null;
  const reached: readonly (readonly [Stage, string | null])[] = [
    ['detected', incident.detectedAt],
    ['acknowledged', acknowledged],
    ['restored', incident.restoredAt],
    ['closed', incident.closedAt],
  ];
  const next = reached.find(([, at]) => at === null)?.[0];
  return reached.map(([stage, at]) => ({
    stage,
    at: at === null ? null : Date.parse(at),
    now: stage === next,
  }));
}
