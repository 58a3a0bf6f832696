/** Beyond these a mass send waits for a person; segments to owners of one site. */
export interface MessageCaps {
  readonly segmentsPerHour: number;
  readonly segmentsPerDay: number;
  readonly segmentsPerIncident: number;
  /** Share of all owners of all sites told within ten minutes, from at least `fleetIncidents` incidents; 0 to 1. */
  readonly fleetShare: number;
  readonly fleetIncidents: number;
}
