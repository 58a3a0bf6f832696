import { type Static, Type } from 'typebox';
import { Id, InstantText, ListOf, Money, orNull, PageQuery } from './common.ts';
import { TextPreview } from './notices.ts';

const State = Type.Union([Type.Literal('new'), Type.Literal('answered'), Type.Literal('closed')]);

/** Masked, and without what was written: that is read by opening it, which is on the record. */
export const InboundView = Type.Object({
  id: Type.String(),
  at: InstantText,
  person: orNull(Type.String()),
  name: orNull(Type.String()),
  phone: orNull(Type.String()),
  characters: Type.Integer(),
  state: State,
  handledAt: orNull(InstantText),
  handledBy: orNull(Type.String()),
});
export type InboundView = Static<typeof InboundView>;
export const InboundList = ListOf(InboundView);
export const InboundDetail = Type.Object({ ...InboundView.properties, body: Type.String() });

export const InboxQuery = Type.Object({ ...PageQuery, state: Type.Optional(State) });
export const InboxParams = Type.Object({ site: Id, message: Id });
export const OpenInboxParams = Type.Object({ message: Id });

export const AnswerBody = Type.Object(
  { text: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
);
/** With `dryRun` the text, its length and cost, and nothing is sent. */
export const AnswerQuery = Type.Object({ dryRun: Type.Optional(Type.Boolean()) });
export const AnswerReply = Type.Object({
  sent: Type.Boolean(),
  text: TextPreview,
  /** Null: no price is set. */
  cost: orNull(Money),
});
