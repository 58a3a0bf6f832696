import { type Static, Type } from 'typebox';
import { InstantText, ListOf, Money, orNull } from './common.ts';

export const EstimateView = Type.Object({
  incident: Type.String(),
  premises: Type.String(),
  scheme: Type.String(),
  state: Type.Union([Type.Literal('running'), Type.Literal('final')]),
  /** Interruption minutes the amount rests on. */
  minutes: Type.Number(),
  /** Null while it cannot be computed: `refused` says what is missing. */
  amount: orNull(Money),
  refused: orNull(Type.Array(Type.Object({ path: Type.String(), code: Type.String() }))),
  /** Every step from minutes to amount, in the scheme's words. */
  trace: Type.Array(Type.Unknown()),
  at: InstantText,
});
export type EstimateView = Static<typeof EstimateView>;

/** `totals` sums all estimates of the incident, one line a currency, whatever page is shown. */
export const EstimateList = Type.Object({
  ...ListOf(EstimateView).properties,
  totals: Type.Array(Type.Object({ ...Money.properties, premises: Type.Integer() })),
});
export type EstimateList = Static<typeof EstimateList>;
