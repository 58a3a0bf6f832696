import { type Static, Type } from 'typebox';
import { Id, InstantText, ListOf, PageQuery } from './common.ts';

/** A committed change; the live event `change` carries the same. */
export const EventView = Type.Object({
  site: Id,
  seq: Type.Integer(),
  at: InstantText,
  type: Type.Union([
    Type.Literal('incident'),
    Type.Literal('interruption'),
    Type.Literal('notice'),
    Type.Literal('delivery'),
    Type.Literal('estimate'),
    Type.Literal('dispatch'),
    Type.Literal('site'),
    Type.Literal('ingest'),
    Type.Literal('person'),
    Type.Literal('claim'),
    Type.Literal('facts'),
    Type.Literal('attribution'),
  ]),
  body: Type.Unknown(),
});
export type EventView = Static<typeof EventView>;

export const EventQuery = Type.Object({
  after: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: PageQuery.limit,
});

export const EventList = Type.Object({ ...ListOf(EventView).properties, head: Type.Integer() });
export type EventList = Static<typeof EventList>;

export const AuditView = Type.Object({
  seq: Type.Integer(),
  at: InstantText,
  by: Type.String(),
  action: Type.String(),
  subject: Type.String(),
  detail: Type.Unknown(),
  hash: Type.String(),
});
export type AuditView = Static<typeof AuditView>;

export const AuditList = ListOf(AuditView);
export type AuditList = Static<typeof AuditList>;
