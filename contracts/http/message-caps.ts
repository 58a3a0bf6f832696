import { type Static, Type } from 'typebox';
import { CAP_BOUNDS, type CapName } from '../../core/notices/message-caps.ts';
import { Id, InstantText, Money, orNull } from './common.ts';

/** A number, or null for what holds for the installation. */
const Choice = (name: CapName) => orNull(Type.Integer(CAP_BOUNDS[name]));

export const ChosenCaps = Type.Object(
  {
    segmentsPerHour: Choice('segmentsPerHour'),
    segmentsPerDay: Choice('segmentsPerDay'),
    segmentsPerIncident: Choice('segmentsPerIncident'),
    perOwnerPerDay: Choice('perOwnerPerDay'),
    fleetShare_percent: Choice('fleetShare_percent'),
    fleetIncidents: Choice('fleetIncidents'),
  },
  { additionalProperties: false },
);

export const MessageCapsBody = Type.Object(
  { chosen: ChosenCaps, reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
);
export type MessageCapsBody = Static<typeof MessageCapsBody>;

export const MessageCapsQuery = Type.Object({ dryRun: Type.Optional(Type.Boolean()) });
/** The version that was read; `"0"` where the site never chose. */
export const MessageCapsHeaders = Type.Object({ 'if-match': Type.String({ pattern: '^"\\d{1,9}"$' }) });

const Cap = Type.Object({
  name: Type.Enum(Object.keys(CAP_BOUNDS) as CapName[]),
  /** In force; beyond it a person decides. */
  most: Type.Integer(),
  chosen: Type.Boolean(),
  /** Without a choice. */
  standard: Type.Integer(),
  /** The variable of the environment that sets the standard; null: it is built in. */
  setting: orNull(Type.String()),
  minimum: Type.Integer(),
  maximum: Type.Integer(),
  /** Of the span of the limit, to owners of the site; for an incident the one that took most. Null: not counted in segments. */
  spent: orNull(Type.Integer()),
  /** Of `spent` and of `most`; null: no price is set, or it costs nothing by itself. */
  cost: orNull(Money),
  mostCost: orNull(Money),
});

export const MessageCapsView = Type.Object({
  site: Id,
  /** 0: the site never chose. */
  version: Type.Integer(),
  savedAt: orNull(InstantText),
  /** The name of the person. */
  savedBy: orNull(Type.String()),
  reason: orNull(Type.String()),
  caps: Type.Array(Cap),
  /** Telephones of owners: a message to everybody takes at least so many segments. */
  owners: Type.Integer(),
  /** Messages held back now; they stay until a person decides, whatever the limits become. */
  held: Type.Integer(),
});
export type MessageCapsView = Static<typeof MessageCapsView>;

export const MessageCapsReply = Type.Object({
  /** False with `dryRun`. */
  applied: Type.Boolean(),
  after: MessageCapsView,
});
export type MessageCapsReply = Static<typeof MessageCapsReply>;
