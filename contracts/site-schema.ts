import { Type } from 'typebox';
import { Id, Name, Nullable, PhasesText } from './scalars.ts';

const Seconds = Type.Number({ minimum: 0, maximum: 86_400 * 31 });
const Share = Type.Number({ minimum: 0, maximum: 1 });
const Count = Type.Integer({ minimum: 1, maximum: 1_000 });

/** Every threshold and time of detection; a key left out takes its default. */
export const DetectionSchema = Type.Object({
  gaspHold_s: Type.Optional(Seconds),
  voltageHold_s: Type.Optional(Seconds),
  freshIntervals: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000 })),
  silentIntervals: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000 })),
  closeHold_s: Type.Optional(Seconds),
  closeShare: Type.Optional(Share),
  momentary_s: Type.Optional(Seconds),
  flapCount: Type.Optional(Count),
  flapWindow_s: Type.Optional(Seconds),
  reopen_s: Type.Optional(Seconds),
  plannedGrace_s: Type.Optional(Seconds),
  reorder_s: Type.Optional(Seconds),
  gaspProbability: Type.Optional(Type.Number({ minimum: 0, exclusiveMaximum: 1 })),
  gaspDelay_s: Type.Optional(Seconds),
  priors: Type.Optional(
    Type.Record(Type.String(), Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 })),
  ),
  weights: Type.Optional(Type.Record(Type.String(), Type.Number({ minimum: -1_000, maximum: 1_000 }))),
});

export const SchemeChoiceSchema = Type.Object({
  id: Id,
  from: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'local date, YYYY-MM-DD' }),
  parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

export const SiteFactsSchema = Type.Object({
  id: Id,
  name: Type.Optional(Name),
  phone: Type.Optional(Type.String({ maxLength: 40, description: 'printed in messages to owners' })),
  timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217 code' })),
  nominal_v: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
  detection: Type.Optional(DetectionSchema),
  schemes: Type.Optional(Type.Array(SchemeChoiceSchema, { maxItems: 1_000 })),
  simulated: Type.Optional(Type.Boolean()),
});

export const NodeKindSchema = Type.Enum([
  'feed',
  'transformer',
  'board',
  'breaker',
  'ats',
  'generator',
  'ups',
  'junction',
  'unit',
]);

export const NodeSchema = Type.Object({
  id: Id,
  kind: NodeKindSchema,
  name: Type.Optional(Name),
  fedBy: Type.Optional(Nullable(Id)),
  phases: Type.Optional(PhasesText),
  nominal_v: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
  rating_a: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
  building: Type.Optional(Name),
  floor: Type.Optional(Type.Number({ minimum: -100, maximum: 1_000 })),
  premises: Type.Optional(Id),
});

export const TieSchema = Type.Object({
  id: Id,
  ends: Type.Tuple([Id, Id]),
  closed: Type.Optional(Type.Boolean()),
});

export const TransferSchema = Type.Object({ id: Id, node: Id, normal: Id, alternate: Id });

export const GatewaySchema = Type.Object({
  id: Id,
  poweredBy: Type.Optional(Nullable(Id)),
  via: Type.Optional(Nullable(Id)),
});

export const DeviceSchema = Type.Object({
  id: Id,
  profile: Type.Optional(Id),
  node: Id,
  side: Type.Optional(Type.Enum(['in', 'out'])),
  phases: Type.Optional(PhasesText),
  via: Type.Optional(Nullable(Id)),
  interval_s: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 86_400 * 31 })),
  address: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 256 }))),
  poweredBy: Type.Optional(Nullable(Id)),
  backfeed: Type.Optional(Type.Boolean()),
  inService: Type.Optional(Type.Boolean()),
});

export const PersonSchema = Type.Object({
  name: Type.Optional(Name),
  phone: Type.String({ pattern: '^\\+[1-9][0-9]{5,14}$', description: 'E.164, e.g. +8613800000000' }),
  language: Type.Optional(Type.Enum(['zh-CN', 'en'])),
});

export const PremisesSchema = Type.Object({
  id: Id,
  building: Type.Optional(Nullable(Name)),
  floor: Type.Optional(Nullable(Type.Number({ minimum: -100, maximum: 1_000 }))),
  area_m2: Type.Optional(
    Nullable(
      Type.String({ pattern: '^[0-9]{1,9}(\\.[0-9]{1,6})?$', description: 'decimal string, e.g. "98.4"' }),
    ),
  ),
  class: Type.Optional(Id),
  owner: Type.Optional(Nullable(PersonSchema)),
  occupant: Type.Optional(Nullable(PersonSchema)),
});

/** The whole site file (DESIGN 4.1), for documentation and editors; `parseSite` checks it piece by piece. */
export const SiteFileSchema = Type.Object({
  site: SiteFactsSchema,
  nodes: Type.Array(NodeSchema),
  ties: Type.Optional(Type.Array(TieSchema)),
  transfers: Type.Optional(Type.Array(TransferSchema)),
  gateways: Type.Optional(Type.Array(GatewaySchema)),
  devices: Type.Optional(Type.Array(DeviceSchema)),
  premises: Type.Optional(Type.Array(PremisesSchema)),
});
