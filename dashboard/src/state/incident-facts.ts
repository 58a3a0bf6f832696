import type { DispatchView } from '../../../contracts/http/dispatch.ts';
import type { IncidentView } from '../../../contracts/http/incidents.ts';
import { reachedAt } from './dispatch-facts.ts';

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

export type Stage = 'detected' | 'acknowledged' | 'dispatched' | 'on_site' | 'restored' | 'closed';

/** The way of an incident with what is done and when; `now` is the one people wait for. Nobody sent: two stages less. */
export function stagesOf(
  incident: IncidentView,
  dispatch: DispatchView | null,
): { stage: Stage; at: number | null; now: boolean }[] {
  const acknowledged = incident.timeline.find(({ event }) => event === 'acknowledged')?.at ?? null;
  const reached: readonly (readonly [Stage, string | null])[] = [
    ['detected', incident.detectedAt],
    ['acknowledged', acknowledged],
    ...(dispatch === null ? [] : sent(dispatch)),
    ['restored', incident.restoredAt],
    ...(dispatch === null ? ([['closed', incident.closedAt]] as const) : []),
  ];
  const next = reached.find(([, at]) => at === null)?.[0];
  return reached.map(([stage, at]) => ({
    stage,
    at: at === null ? null : Date.parse(at),
    now: stage === next,
  }));
}

function sent(dispatch: DispatchView): readonly (readonly [Stage, string | null])[] {
  return [
    ['dispatched', reachedAt(dispatch, 'accepted')],
    ['on_site', reachedAt(dispatch, 'on_site')],
  ];
}
