/** What people may give as the reason of a loss, in words every owner knows. */
export const INCIDENT_CAUSES = [
  'public_supply',
  'equipment',
  'overload',
  'cable',
  'water',
  'weather',
  'third_party',
  'works',
] as const;

export type IncidentCause = (typeof INCIDENT_CAUSES)[number];
