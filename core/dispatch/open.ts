import type { Incident } from '../incidents/incident.ts';
import type { Instant } from '../units/time.ts';
import { startClock } from './clocks.ts';
import { type Dispatch, noted, SYSTEM } from './dispatch.ts';
import type { DispatchRules, Severity } from './settings.ts';

/**
 * The dispatch of a new incident, nobody asked yet. To send somebody one must know: those clocks run from detection. The
 * owners have been in the dark since the onset: theirs runs from there, where any premises is concerned.
 */
export function openDispatch(
  incident: Pick<Incident, 'id' | 'detectedAt' | 'onset'>,
  given: {
    readonly id: string;
    readonly site: string;
    readonly severity: Severity;
    readonly rules: DispatchRules;
    readonly concernsOwners: boolean;
    readonly at: Instant;
  },
): Dispatch {
  const { id, site, severity, rules, at } = given;
  let dispatch: Dispatch = {
    id,
    site,
    incident: incident.id,
    severity,
    rules,
    state: 'offered',
    engineer: null,
    openedAt: at,
    supplyBack: false,
    resumeAs: null,
    clocks: [],
    offers: [],
    history: [],
    steps: [],
    told: {},
  };
  dispatch = { ...dispatch, clocks: startClock(dispatch, 'dispatch', incident.detectedAt) };
  dispatch = { ...dispatch, clocks: startClock(dispatch, 'on_site', incident.detectedAt) };
  if (given.concernsOwners)
    dispatch = { ...dispatch, clocks: startClock(dispatch, 'informed', incident.onset) };
  return noted(dispatch, { at, by: SYSTEM, event: 'opened' });
}
