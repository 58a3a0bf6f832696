import { type Static, Type } from 'typebox';
import { INCIDENT_CAUSES } from '../../core/incidents/cause.ts';
import { type IncidentJson, IncidentSchema } from '../incident.ts';
import { Id, InstantText, ListOf, orNull, PageQuery } from './common.ts';
import { DispatchView } from './dispatch.ts';

const Kind = Type.Union([
  Type.Literal('outage'),
  Type.Literal('partial'),
  Type.Literal('communication'),
  Type.Literal('safety'),
  Type.Literal('customer'),
]);

const State = Type.Union([
  Type.Literal('open'),
  Type.Literal('restored'),
  Type.Literal('merged'),
  Type.Literal('retracted'),
]);

/** The incident of DESIGN 4.3, unchanged. */
export const IncidentView = Type.Object(IncidentSchema.properties);
export type IncidentView = IncidentJson;

/** What the page of an incident shows: with who goes and the clocks, null where nobody is sent. */
export const IncidentDetail = Type.Object({
  ...IncidentSchema.properties,
  dispatch: orNull(DispatchView),
});
export type IncidentDetail = IncidentJson & { dispatch: DispatchView | null };

/** A page ends early when its incidents list very many units; follow `next`. */
export const IncidentList = ListOf(IncidentView);
export type IncidentList = Static<typeof IncidentList>;

export const IncidentQueryString = Type.Object({
  ...PageQuery,
  /** true: not closed yet; false: closed only. */
  open: Type.Optional(Type.Boolean()),
  kind: Type.Optional(Kind),
  state: Type.Optional(State),
});

export const OpenBody = Type.Object(
  { node: Id, from: InstantText, reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
);
export type OpenBody = Static<typeof OpenBody>;

/** Needed when units are still dark: says why the incident is restored all the same. */
export const ConfirmBody = Type.Object(
  { reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' })) },
  { additionalProperties: false },
);
export type ConfirmBody = Static<typeof ConfirmBody>;

const Why = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });

/** What a person knows better than the evidence: when it began, who was dark and until when, who was not, and why. */
export const AmendBody = Type.Object(
  {
    from: Type.Optional(InstantText),
    units: Type.Optional(
      Type.Array(
        Type.Object(
          {
            node: Id,
            from: Type.Optional(InstantText),
            /** null: still dark. */
            to: Type.Optional(Type.Union([InstantText, Type.Null()])),
          },
          { additionalProperties: false },
        ),
        { maxItems: 2_000 },
      ),
    ),
    without: Type.Optional(Type.Array(Id, { maxItems: 2_000, uniqueItems: true })),
    cause: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })),
    reason: Why,
  },
  { additionalProperties: false },
);
export type AmendBody = Static<typeof AmendBody>;

/** Null takes back what was said. */
export const OutlookBody = Type.Object(
  {
    cause: Type.Optional(Type.Union([Type.Enum([...INCIDENT_CAUSES]), Type.Null()])),
    eta: Type.Optional(Type.Union([InstantText, Type.Null()])),
  },
  { additionalProperties: false, minProperties: 1 },
);

export const PlannedBody = Type.Object(
  {
    id: Id,
    nodes: Type.Array(Id, { minItems: 1, maxItems: 500, uniqueItems: true }),
    from: InstantText,
    to: InstantText,
  },
  { additionalProperties: false },
);
export type PlannedBody = Static<typeof PlannedBody>;

export const PlannedParams = Type.Object({ site: Id, planned: Id });

/** Positions a person tells because nothing measures them. */
export const SwitchBody = Type.Union([
  Type.Object({ type: Type.Literal('tie'), id: Id, closed: Type.Boolean() }, { additionalProperties: false }),
  Type.Object(
    {
      type: Type.Literal('transfer'),
      id: Id,
      to: Type.Union([Type.Literal('normal'), Type.Literal('alternate')]),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { type: Type.Literal('breaker'), node: Id, closed: Type.Boolean() },
    { additionalProperties: false },
  ),
]);
export type SwitchBody = Static<typeof SwitchBody>;
