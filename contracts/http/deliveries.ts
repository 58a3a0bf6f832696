import { type Static, Type } from 'typebox';
import { InstantText, ListOf, orNull } from './common.ts';

/** One message on one channel. Name and phone are masked; the person id is not a phone. */
export const DeliveryView = Type.Object({
  id: Type.String(),
  subject: Type.String(),
  recipient: Type.Object({
    id: Type.String(),
    name: orNull(Type.String()),
    phone: orNull(Type.String()),
  }),
  stage: Type.String(),
  revision: Type.Integer(),
  channel: Type.String(),
  audience: Type.Union([Type.Literal('owner'), Type.Literal('staff')]),
  premises: Type.Array(Type.String()),
  owedAt: InstantText,
  state: Type.Union([
    Type.Literal('owed'),
    Type.Literal('claimed'),
    Type.Literal('sent'),
    Type.Literal('delivered'),
    Type.Literal('failed'),
    Type.Literal('undelivered'),
    Type.Literal('unknown'),
    Type.Literal('superseded'),
    Type.Literal('blocked'),
  ]),
  attempts: Type.Integer(),
  sentAt: orNull(InstantText),
  error: orNull(Type.String()),
});
export type DeliveryView = Static<typeof DeliveryView>;

/** `progress` counts all deliveries of the subject by state, whatever page is shown; `owners` those to owners and occupants. */
export const DeliveryList = Type.Object({
  ...ListOf(DeliveryView).properties,
  progress: Type.Record(Type.String(), Type.Integer()),
  owners: Type.Record(Type.String(), Type.Integer()),
});
export type DeliveryList = Static<typeof DeliveryList>;
