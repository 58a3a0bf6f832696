import type { Static } from 'typebox';
import { DETECTION_DEFAULTS } from '../core/topology/detection-defaults.ts';
import type {
  Device,
  Gateway,
  NetworkNode,
  Person,
  Premises,
  SiteFacts,
  Tie,
} from '../core/topology/site.ts';
import type { PhaseText } from '../core/units/phases.ts';
import type {
  DeviceSchema,
  GatewaySchema,
  NodeSchema,
  PersonSchema,
  PremisesSchema,
  SiteFactsSchema,
  TieSchema,
} from './site-schema.ts';

/** Phase to neutral, volts. */
const NOMINAL_V = 230;
const INTERVAL_S = 60;

export function fillFacts(facts: Static<typeof SiteFactsSchema>): SiteFacts {
  return {
    id: facts.id,
    name: facts.name ?? facts.id,
    ...(facts.phone === undefined ? {} : { phone: facts.phone }),
    timeZone: facts.timeZone ?? 'Asia/Shanghai',
    currency: facts.currency ?? 'CNY',
    nominal_v: facts.nominal_v ?? NOMINAL_V,
    detection: fillDetection(facts.detection ?? {}),
    schemes: (facts.schemes ?? []).map(({ id, from, parameters }) => ({
      id,
      from,
      parameters: parameters ?? {},
    })),
    simulated: facts.simulated ?? false,
  };
}

function fillDetection(
  given: NonNullable<Static<typeof SiteFactsSchema>['detection']>,
): SiteFacts['detection'] {
  const d = DETECTION_DEFAULTS;
  return {
    gaspHold_s: given.gaspHold_s ?? d.gaspHold_s,
    voltageHold_s: given.voltageHold_s ?? d.voltageHold_s,
    freshIntervals: given.freshIntervals ?? d.freshIntervals,
    silentIntervals: given.silentIntervals ?? d.silentIntervals,
    closeHold_s: given.closeHold_s ?? d.closeHold_s,
    closeShare: given.closeShare ?? d.closeShare,
    momentary_s: given.momentary_s ?? d.momentary_s,
    flapCount: given.flapCount ?? d.flapCount,
    flapWindow_s: given.flapWindow_s ?? d.flapWindow_s,
    reopen_s: given.reopen_s ?? d.reopen_s,
    plannedGrace_s: given.plannedGrace_s ?? d.plannedGrace_s,
    reorder_s: given.reorder_s ?? d.reorder_s,
    gaspProbability: given.gaspProbability ?? d.gaspProbability,
    gaspDelay_s: given.gaspDelay_s ?? d.gaspDelay_s,
    priors: { ...d.priors, ...given.priors },
    weights: { ...d.weights, ...given.weights },
  };
}

/** `nominal_v` is the site's. Optional keys that were not given stay absent. */
export function fillNode(node: Static<typeof NodeSchema>, nominal_v: number): NetworkNode {
  const { id, kind, name, rating_a, building, floor, premises } = node;
  return {
    id,
    kind,
    ...(name === undefined ? {} : { name }),
    fedBy: node.fedBy ?? null,
    phases: node.phases ?? 'ABC',
    nominal_v: node.nominal_v ?? nominal_v,
    ...(rating_a === undefined ? {} : { rating_a }),
    ...(building === undefined ? {} : { building }),
    ...(floor === undefined ? {} : { floor }),
    ...(premises === undefined ? {} : { premises }),
  };
}

export function fillTie({ id, ends, closed }: Static<typeof TieSchema>): Tie {
  return { id, ends: [ends[0], ends[1]], closed: closed ?? false };
}

export function fillGateway({ id, poweredBy, via }: Static<typeof GatewaySchema>): Gateway {
  return { id, poweredBy: poweredBy ?? null, via: via ?? null };
}

/** A device that does not say which phases it measures measures those of its node. */
export function fillDevice(device: Static<typeof DeviceSchema>, nodePhases: PhaseText): Device {
  return {
    id: device.id,
    profile: device.profile ?? 'native',
    node: device.node,
    side: device.side ?? 'out',
    phases: device.phases ?? nodePhases,
    via: device.via ?? null,
    interval_s: device.interval_s ?? INTERVAL_S,
    address: device.address ?? null,
    poweredBy: device.poweredBy ?? device.node,
    backfeed: device.backfeed ?? false,
    inService: device.inService ?? true,
  };
}

export function fillPremises(premises: Static<typeof PremisesSchema>): Premises {
  return {
    id: premises.id,
    building: premises.building ?? null,
    floor: premises.floor ?? null,
    area_m2: premises.area_m2 ?? null,
    class: premises.class ?? 'residential',
    owner: fillPerson(premises.owner),
    occupant: fillPerson(premises.occupant),
  };
}

function fillPerson(person: Static<typeof PersonSchema> | null | undefined): Person | null {
  if (!person) return null;
  return { name: person.name ?? '', phone: person.phone, language: person.language ?? 'zh-CN' };
}
