import { type Static, Type } from 'typebox';
import { MoneyGiven, Names } from './claims.ts';
import { Id, InstantText, ListOf, Money, orNull, PageQuery } from './common.ts';

const strict = { additionalProperties: false };

export const FundView = Type.Object({
  currency: Type.String(),
  /** Signed; they sum to zero. `owners` is all owners' balances together. */
  balances: Type.Array(Type.Object({ account: Type.String(), balance: Money })),
  limit: Money,
  year: Type.Integer(),
  used: Money,
  /** Null: the year has no budget of its own. */
  budget: orNull(Money),
  forecast: Type.Object({ running: Money, pending: Money, after: Money, short: Money }),
});
export type FundView = Static<typeof FundView>;

export const EntryView = Type.Object({
  seq: Type.Integer(),
  key: Type.String(),
  kind: Type.String(),
  at: InstantText,
  by: Type.String(),
  claim: orNull(Type.String()),
  evidence: Type.String(),
  memo: Type.String(),
  reverses: orNull(Type.String()),
  postings: Type.Array(Type.Object({ account: Type.String(), amount: Money })),
});
export type EntryView = Static<typeof EntryView>;
export const EntryList = Type.Object({ ...ListOf(EntryView).properties, names: Names });
export type EntryList = Static<typeof EntryList>;
const EntryKind = Type.Union([
  Type.Literal('contribution'),
  Type.Literal('approved'),
  Type.Literal('recourse'),
  Type.Literal('exported'),
  Type.Literal('booked'),
  Type.Literal('failed'),
  Type.Literal('recovered'),
  Type.Literal('reversal'),
]);
export const EntryQuery = Type.Object({
  ...PageQuery,
  claim: Type.Optional(Id),
  kind: Type.Optional(EntryKind),
  /** `fund`, `suspense`, `owner:<premises>` …: only entries with a posting to it. */
  account: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._:-]{1,100}$' })),
});
export const EntryParams = Type.Object({ site: Id, seq: Type.Integer({ minimum: 1 }) });

const Reference = Type.String({ minLength: 1, maxLength: 200 });
/** Money the property company puts in; `reference` is the receipt. */
export const ContributionBody = Type.Object({ amount: MoneyGiven, reference: Reference }, strict);
/** Money that came back from somebody who bears it: `from` is the part of the account behind `recourse:`. */
export const RecoveryBody = Type.Object(
  { amount: MoneyGiven, from: Type.String({ pattern: '^[A-Za-z0-9._:-]{1,80}$' }), reference: Reference },
  strict,
);

export const ProofView = Type.Object({
  holds: Type.Boolean(),
  entries: Type.Integer(),
  postings: Type.Integer(),
  sum: Money,
  faults: Type.Array(Type.Object({ code: Type.String(), subject: Type.String() })),
});
export type ProofView = Static<typeof ProofView>;
