import { type Static, Type } from 'typebox';
import { InterruptionSchema } from '../incident.ts';
import { Id, InstantText, ListOf, PageQuery } from './common.ts';

/** The interruption of DESIGN 4.3 with its id: exactly one of `premises` and `node` is there. */
export const InterruptionView = Type.Object({ id: Type.String(), ...InterruptionSchema.properties });
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
