import { type IncidentJson, toIncidentJson } from '../../contracts/incident.ts';
import type { Incident } from '../../core/incidents/incident.ts';

const shown = new WeakMap<Incident, IncidentJson>();

/** As the contract has it; made once for an incident that stays as it is, however many ask for it. */
export function incidentView(incident: Incident): IncidentJson {
  const known = shown.get(incident);
  if (known !== undefined) return known;
  const made = toIncidentJson(incident);
  shown.set(incident, made);
  return made;
}

const written = new WeakMap<IncidentJson, string>();

/** Its JSON, made once like {@link incidentView}: a list of them asks for a megabyte a time. */
export function incidentText(view: IncidentJson): string {
  const known = written.get(view);
  if (known !== undefined) return known;
  const text = JSON.stringify(view);
  written.set(view, text);
  return text;
}
