import { type Static, Type } from 'typebox';
import { Id, InstantText, ListOf, orNull, PageQuery, Phases } from './common.ts';

/**
 * good: within `freshIntervals` · late: older · silent: older than `silentIntervals` · never: nothing since the service
 * started · out_of_service: taken out by a person.
 */
export const Quality = Type.Union([
  Type.Literal('good'),
  Type.Literal('late'),
  Type.Literal('silent'),
  Type.Literal('never'),
  Type.Literal('out_of_service'),
]);
export type Quality = Static<typeof Quality>;

/** A device out of service proves nothing and is missed by nobody. */
export const ServiceBody = Type.Object(
  { inService: Type.Boolean(), reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
);
export type ServiceBody = Static<typeof ServiceBody>;

export const DeviceView = Type.Object({
  id: Id,
  profile: Type.String(),
  node: Id,
  side: Type.Union([Type.Literal('in'), Type.Literal('out')]),
  phases: Phases,
  via: orNull(Id),
  interval_s: Type.Number(),
  backfeed: Type.Boolean(),
  inService: Type.Boolean(),
  quality: Quality,
  /** Device time of the newest values. */
  ts: orNull(InstantText),
  /** When they reached us. */
  arrival: orNull(InstantText),
  /** Since arrival, seconds, at the time of the answer. */
  age_s: orNull(Type.Number()),
  values: Type.Record(Type.String(), Type.Number()),
});
export type DeviceView = Static<typeof DeviceView>;

export const DeviceList = ListOf(DeviceView);
export type DeviceList = Static<typeof DeviceList>;

export const DeviceQuery = Type.Object({
  ...PageQuery,
  /** Part of a device or node id, any case. */
  search: Type.Optional(Type.String({ maxLength: 64 })),
  node: Type.Optional(Id),
  quality: Type.Optional(Quality),
});

export const HistoryQueryString = Type.Object({
  /** Field names with commas between, at most 16. */
  fields: Type.String({ pattern: '^[a-z][a-z0-9_]{0,31}(,[a-z][a-z0-9_]{0,31}){0,15}$' }),
  from: InstantText,
  to: InstantText,
  buckets: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000 })),
});

const PerField = Type.Array(orNull(Type.Number()));

/** Each bucket keeps lowest and highest value, so that a dip survives; columns are in the order of `fields`. */
export const HistoryReply = Type.Object({
  device: Id,
  fields: Type.Array(Type.String()),
  from: InstantText,
  to: InstantText,
  buckets: Type.Array(
    Type.Object({ at: InstantText, count: Type.Integer(), min: PerField, max: PerField, mean: PerField }),
  ),
});
export type HistoryReply = Static<typeof HistoryReply>;

export const CredentialParams = Type.Object({ site: Id, client: Id });

export const CredentialState = Type.Object({
  client: Id,
  kind: Type.Union([Type.Literal('device'), Type.Literal('gateway')]),
  exists: Type.Boolean(),
});
export type CredentialState = Static<typeof CredentialState>;

/** The secret is shown here and never again. */
export const CredentialReply = Type.Object({
  client: Id,
  username: Type.String(),
  clientId: Type.String(),
  secret: Type.String(),
});
export type CredentialReply = Static<typeof CredentialReply>;

export const QuarantineView = Type.Object({
  subject: Type.String(),
  kind: Type.Union([
    Type.Literal('unknown_client'),
    Type.Literal('bad_secret'),
    Type.Literal('unknown_device'),
  ]),
  address: Type.String(),
  firstSeen: InstantText,
  lastSeen: InstantText,
  count: Type.Integer(),
  sample: orNull(Type.String()),
});
export type QuarantineView = Static<typeof QuarantineView>;

export const QuarantineList = ListOf(QuarantineView);
export type QuarantineList = Static<typeof QuarantineList>;

export const QuarantineSubject = Type.Object({ subject: Type.String({ minLength: 1, maxLength: 1024 }) });
