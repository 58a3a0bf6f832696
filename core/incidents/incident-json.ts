import { toIso } from '../units/time.ts';
import type { Incident } from './incident.ts';

/** The incident as JSON carries it (DESIGN 4.3): every instant RFC 3339. */
export function incidentJson(incident: Incident): object {
  return {
    ...incident,
    onset: toIso(incident.onset),
    onsetEarliest: toIso(incident.onsetEarliest),
    detectedAt: toIso(incident.detectedAt),
    restoredAt: isoOrNull(incident.restoredAt),
    closedAt: isoOrNull(incident.closedAt),
    ...(incident.eta === undefined ? {} : { eta: toIso(incident.eta) }),
    affected: incident.affected.map((unit) => ({ ...unit, from: toIso(unit.from), to: isoOrNull(unit.to) })),
    timeline: incident.timeline.map((entry) => ({ ...entry, at: toIso(entry.at) })),
  };
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : toIso(at);
}
