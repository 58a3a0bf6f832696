import { type Static, Type } from 'typebox';
import { Names } from './claims.ts';
import { Id, InstantText, ListOf, Money, orNull, PageQuery } from './common.ts';

const strict = { additionalProperties: false };
const Format = Type.Union([Type.Literal('csv'), Type.Literal('xlsx')]);

export const MethodList = ListOf(
  Type.Object({
    id: Id,
    title: Type.Object({ 'zh-CN': Type.String(), en: Type.String() }),
    formats: Type.Array(Format),
    needsAccount: Type.Boolean(),
  }),
);

const Control = Type.Object({ count: Type.Integer(), sum: Money, sha256: Type.String() });

export const BatchView = Type.Object({
  id: Id,
  method: Type.String(),
  control: Control,
  preparedBy: Type.String(),
  preparedAt: InstantText,
  exportedAt: orNull(InstantText),
  cancelledAt: orNull(InstantText),
  /** How many of its payouts stand where. */
  payoutStates: Type.Object({
    prepared: Type.Integer(),
    exported: Type.Integer(),
    booked: Type.Integer(),
    failed: Type.Integer(),
  }),
});
export type BatchView = Static<typeof BatchView>;
export const BatchList = Type.Object({ ...ListOf(BatchView).properties, names: Names });
export type BatchList = Static<typeof BatchList>;

export const PayoutView = Type.Object({
  id: Id,
  claim: Id,
  incident: Type.String(),
  premises: Type.String(),
  amount: Money,
  state: Type.Union([
    Type.Literal('prepared'),
    Type.Literal('exported'),
    Type.Literal('booked'),
    Type.Literal('failed'),
  ]),
  receipt: orNull(Type.String()),
  reason: orNull(Type.String()),
  /** Masked; null where the method needs none. */
  account: orNull(Type.String()),
});
export const BatchDetail = Type.Object({
  ...BatchView.properties,
  names: Names,
  payouts: Type.Array(PayoutView),
});
export type BatchDetail = Static<typeof BatchDetail>;

export const BatchParams = Type.Object({ site: Id, batch: Id });
export const BatchQuery = Type.Object(PageQuery);

/** Approved claims that no payout pays yet: all, those of an incident, or those named. */
export const PrepareBody = Type.Object(
  {
    method: Id,
    incident: Type.Optional(Id),
    claims: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 5_000, uniqueItems: true })),
  },
  strict,
);
/** With `dryRun` nothing is held, paid or kept: the answer says what would be. */
export const TryQuery = Type.Object({ dryRun: Type.Optional(Type.Boolean()) });
export const PrepareReply = Type.Object({
  /** Null when it was only tried. */
  batch: orNull(Id),
  control: Control,
  /** Approved, but not payable this way. */
  skipped: Type.Array(Type.Object({ claim: Id, reason: Type.String() })),
});
export type PrepareReply = Static<typeof PrepareReply>;

/** The bytes of a file; its media type says which. */
const Bytes = Type.Unsafe<Buffer>({ type: 'string', format: 'binary' });
export const FileReply = {
  description: 'the file',
  content: {
    'text/csv': { schema: Bytes },
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { schema: Bytes },
  },
};
export const FileQuery = Type.Object({ format: Format });
export const ResultBody = Type.Object(
  { format: Format, content_base64: Type.String({ minLength: 1, maxLength: 16_000_000 }) },
  strict,
);
export const BookBody = Type.Object(
  {
    payouts: Type.Array(
      Type.Object({ id: Id, receipt: Type.String({ minLength: 1, maxLength: 100 }) }, strict),
      { minItems: 1, maxItems: 5_000 },
    ),
  },
  strict,
);
export const ResultReply = Type.Object({
  applied: Type.Boolean(),
  booked: Type.Integer(),
  failed: Type.Integer(),
  /** Rows that had been read before: nothing was done for them. */
  already: Type.Integer(),
  total: Money,
});
export type ResultReply = Static<typeof ResultReply>;

export const AccountParams = Type.Object({ site: Id, person: Id });
export const AccountBody = Type.Object(
  {
    holder: Type.String({ minLength: 1, maxLength: 100 }),
    bank: Type.String({ minLength: 1, maxLength: 100 }),
    number: Type.String({ pattern: '^[A-Z0-9 ]{6,40}$' }),
  },
  strict,
);
/** `holder` shows its first character, `number` its last four. */
export const AccountView = Type.Object({
  person: Id,
  holder: Type.String(),
  bank: Type.String(),
  number: Type.String(),
});
export type AccountView = Static<typeof AccountView>;
