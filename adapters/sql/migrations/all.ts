import { sitesAndPeople } from './0001-sites-and-people.ts';
import { incidentsAndEvents } from './0002-incidents-and-events.ts';
import { messagesAndEstimates } from './0003-messages-and-estimates.ts';
import { evidence } from './0004-evidence.ts';
import { dispatches } from './0005-dispatch.ts';
import { personProfiles } from './0006-person-profiles.ts';
import { channels } from './0007-channels.ts';
import { ownersAndPlans } from './0008-owners-and-plans.ts';
import { suppressedPhones } from './0009-suppressed-phones.ts';
import { claimsAndFund } from './0010-claims-and-fund.ts';
import { factsAndSchemes } from './0011-facts-and-schemes.ts';
import { incidentPosition } from './0012-incident-position.ts';
import { messageCaps } from './0013-message-caps.ts';
import type { Migration } from './migration.ts';

/** In order of `id`; a new one goes to the end. */
export const MIGRATIONS: readonly Migration[] = [
  sitesAndPeople,
  incidentsAndEvents,
  messagesAndEstimates,
  evidence,
  dispatches,
  personProfiles,
  channels,
  ownersAndPlans,
  suppressedPhones,
  claimsAndFund,
  factsAndSchemes,
  incidentPosition,
  messageCaps,
];
