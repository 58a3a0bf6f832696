/** Beyond these a mass send waits for a person; segments to owners of one site. */
export interface MessageCaps {
  readonly segmentsPerHour: number;
  readonly segmentsPerDay: number;
  readonly segmentsPerIncident: number;
  /** Messages to one owner on one channel within 24 h. */
  readonly perOwnerPerDay: number;
  /** Share of all owners of all sites told within ten minutes, from at least `fleetIncidents` incidents; 1 to 100. */
  readonly fleetShare_percent: number;
  readonly fleetIncidents: number;
}

export type CapName = keyof MessageCaps;
/** What a site chose for itself; null: what holds for the installation. */
export type ChosenCaps = { readonly [Name in CapName]: number | null };

/** What a site may choose. The lowest still lets one ordinary fault be told. */
export const CAP_BOUNDS: {
  readonly [Name in CapName]: { readonly minimum: number; readonly maximum: number };
} = {
  segmentsPerHour: { minimum: 1, maximum: 10_000_000 },
  segmentsPerDay: { minimum: 1, maximum: 10_000_000 },
  segmentsPerIncident: { minimum: 1, maximum: 10_000_000 },
  perOwnerPerDay: { minimum: 3, maximum: 1_000 },
  fleetShare_percent: { minimum: 1, maximum: 100 },
  fleetIncidents: { minimum: 2, maximum: 1_000 },
};

export const CAP_NAMES = Object.keys(CAP_BOUNDS) as readonly CapName[];

export const NOTHING_CHOSEN: ChosenCaps = {
  segmentsPerHour: null,
  segmentsPerDay: null,
  segmentsPerIncident: null,
  perOwnerPerDay: null,
  fleetShare_percent: null,
  fleetIncidents: null,
};

export function chosenOver(standard: MessageCaps, chosen: ChosenCaps): MessageCaps {
  return {
    segmentsPerHour: chosen.segmentsPerHour ?? standard.segmentsPerHour,
    segmentsPerDay: chosen.segmentsPerDay ?? standard.segmentsPerDay,
    segmentsPerIncident: chosen.segmentsPerIncident ?? standard.segmentsPerIncident,
    perOwnerPerDay: chosen.perOwnerPerDay ?? standard.perOwnerPerDay,
    fleetShare_percent: chosen.fleetShare_percent ?? standard.fleetShare_percent,
    fleetIncidents: chosen.fleetIncidents ?? standard.fleetIncidents,
  };
}

/** Caps that no send could reach, because a smaller one stops it before: a slip of the pen. */
export function unreachableCaps(caps: MessageCaps): readonly CapName[] {
  return (['segmentsPerHour', 'segmentsPerIncident'] as const).filter(
    (name) => caps[name] > caps.segmentsPerDay,
  );
}
