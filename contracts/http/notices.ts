import { type Static, Type } from 'typebox';
import { Id, InstantText, Language, ListOf, Money, orNull } from './common.ts';
import { DeliveryView } from './deliveries.ts';

/** Who was owed a message and reached on no channel, and premises nobody is known for. */
export const UnreachedList = Type.Object({
  ...ListOf(DeliveryView).properties,
  unowned: Type.Array(Type.String()),
});

export const DeliveryParams = Type.Object({ site: Id, delivery: Id });
/** A person's word on a message of which nobody knows whether it was sent. */
export const DecideBody = Type.Object(
  { decision: Type.Union([Type.Literal('sent'), Type.Literal('drop'), Type.Literal('next_channel')]) },
  { additionalProperties: false },
);

export const HeldGroupView = Type.Object({
  subject: Type.String(),
  stage: Type.String(),
  channel: Type.String(),
  reason: Type.String(),
  count: Type.Integer(),
  segments: Type.Integer(),
  /** Null: no price is set. */
  cost: orNull(Money),
  since: InstantText,
});
export const HeldList = Type.Object({ items: Type.Array(HeldGroupView), next: Type.Null() });

export const HeldBody = Type.Object(
  {
    subject: Type.String({ minLength: 1, maxLength: 64 }),
    stage: Type.String({ minLength: 1, maxLength: 64 }),
    channel: Type.String({ minLength: 1, maxLength: 32 }),
    reason: Type.String({ minLength: 1, maxLength: 64 }),
    decision: Type.Union([Type.Literal('release'), Type.Literal('drop')]),
  },
  { additionalProperties: false },
);
export const HeldReply = Type.Object({ count: Type.Integer() });

export const TextPreview = Type.Object({
  body: Type.String(),
  characters: Type.Integer(),
  encoding: Type.Union([Type.Literal('gsm-7'), Type.Literal('ucs-2')]),
  units: Type.Integer(),
  segments: Type.Integer(),
});
export type TextPreview = Static<typeof TextPreview>;

/** `template`: what a carrier's registered text is named by in the settings of a channel, and its variables. */
export const TemplateList = Type.Object({
  items: Type.Array(
    Type.Object({
      stage: Type.String(),
      audience: Type.Union([Type.Literal('owner'), Type.Literal('staff')]),
      language: Language,
      text: TextPreview,
      template: Type.Object({
        name: Type.String(),
        parameters: Type.Record(Type.String(), Type.String()),
      }),
    }),
  ),
  next: Type.Null(),
});
