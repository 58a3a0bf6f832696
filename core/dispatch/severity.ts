import type { Incident } from '../incidents/incident.ts';
import type { DispatchSettings, Severity } from './settings.ts';

/** Supply has gone unannounced from somewhere, or is unsafe: somebody must go. */
export function needsDispatch({ kind, planned, state }: Incident): boolean {
  if (planned !== null || state !== 'open') return false;
  return kind === 'outage' || kind === 'partial' || kind === 'safety';
}

/** `dependent`: premises of people who must not be without supply. */
export function severityOf(
  incident: Incident,
  premisesOf: ReadonlyMap<string, string>,
  dependent: ReadonlySet<string>,
  settings: Pick<DispatchSettings, 'urgentNodes' | 'urgentUnits'>,
): Severity {
  if (incident.kind === 'safety' || incident.affected.length >= settings.urgentUnits) return 'urgent';
  const urgent = new Set(settings.urgentNodes);
  const touches = [incident.root, ...incident.affected.map(({ node }) => node)];
  return touches.some((node) => urgent.has(node) || dependent.has(premisesOf.get(node) ?? ''))
    ? 'urgent'
    : 'ordinary';
}
