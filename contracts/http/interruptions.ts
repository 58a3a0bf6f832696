import { type Static, Type } from 'typebox';
import { Id, InstantText, ListOf, orNull, PageQuery, Phases } from './common.ts';

export const InterruptionView = Type.Object({
  id: Type.String(),
  node: Type.String(),
  premises: orNull(Type.String()),
  phases: Phases,
  from: InstantText,
  to: orNull(InstantText),
  momentary: Type.Boolean(),
  operations: Type.Integer(),
  planned: orNull(Type.String()),
  causes: Type.Array(Type.Object({ incident: Type.String(), from: InstantText, to: orNull(InstantText) })),
});
export type InterruptionView = Static<typeof InterruptionView>;

export const InterruptionList = ListOf(InterruptionView);
export type InterruptionList = Static<typeof InterruptionList>;

export const InterruptionQueryString = Type.Object({
  ...PageQuery,
  premises: Type.Optional(Id),
  open: Type.Optional(Type.Boolean()),
  from: Type.Optional(InstantText),
  to: Type.Optional(InstantText),
});

export const InterruptionParams = Type.Object({ site: Id, interruption: Id });

/** The append-only lines an interruption is the fold of. */
export const LedgerLines = ListOf(
  Type.Object({
    type: Type.Union([
      Type.Literal('opened'),
      Type.Literal('closed'),
      Type.Literal('corrected'),
      Type.Literal('voided'),
    ]),
    at: InstantText,
    reason: Type.String(),
    body: InterruptionView,
  }),
);
export type LedgerLines = Static<typeof LedgerLines>;
