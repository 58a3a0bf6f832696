import { type Static, Type } from 'typebox';
import { Id, ListOf, orNull, PageQuery } from './common.ts';

export const AccountParams = Type.Object({ site: Id, person: Id });
export const AccountBody = Type.Object(
  {
    holder: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
    bank: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }),
    number: Type.String({ pattern: '^[A-Z0-9 ]{6,40}$' }),
    /** On the record; needed where another account is replaced. */
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' })),
  },
  { additionalProperties: false },
);
export const WithdrawBody = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
);

/** `holder` shows its first character, `number` its last four, unless unmasking was asked for, which is on the record. */
export const AccountView = Type.Object({
  person: Id,
  holder: Type.String(),
  bank: Type.String(),
  number: Type.String(),
});
export type AccountView = Static<typeof AccountView>;

export const AccountsQuery = Type.Object({
  ...PageQuery,
  /** Premises whose id or building begins with it. */
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  /** Only owners who cannot be paid by transfer yet. */
  missing: Type.Optional(Type.Boolean()),
});

/** By premises, in the order of the site file; `owner` masked, null where nobody is known. */
export const PremisesAccounts = Type.Object({
  ...ListOf(
    Type.Object({
      premises: Type.String(),
      building: orNull(Type.String()),
      person: orNull(Id),
      owner: orNull(Type.String()),
      account: orNull(AccountView),
    }),
  ).properties,
  /** Of all premises of the site that have an owner. */
  owned: Type.Integer(),
  without: Type.Integer(),
});
export type PremisesAccounts = Static<typeof PremisesAccounts>;
