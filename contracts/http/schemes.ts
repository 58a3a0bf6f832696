import { type Static, Type } from 'typebox';
import { Id, InstantText, ListOf, orNull } from './common.ts';

const LocalDate = Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' });
const Why = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });
const Words = Type.Object({ 'zh-CN': Type.String(), en: Type.String() });
const Doubt = Type.Object({ path: Type.String(), note: Type.String() });
const Parameters = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown());

/** `name` is what a site chooses; `unverified` marks what nobody has confirmed; `form` is a JSON schema of the parameters. */
export const SchemeView = Type.Object({
  name: Type.String(),
  id: Type.String(),
  revision: Type.Integer(),
  origin: Type.Union([Type.Literal('shipped'), Type.Literal('uploaded')]),
  title: Words,
  source: Type.Object({
    title: Type.String(),
    reference: Type.String(),
    unverified: Type.Optional(Type.String()),
  }),
  currency: Type.String(),
  timeZone: orNull(Type.String()),
  versions: Type.Array(
    Type.Object({
      from: Type.String(),
      to: orNull(Type.String()),
      unverified: orNull(Type.String()),
      conflict: orNull(Type.String()),
      rules: Type.Array(Type.Object({ id: Type.String(), title: Words })),
    }),
  ),
  unverified: Type.Array(Doubt),
  form: Type.Unknown(),
  inputs: Type.Unknown(),
  /** Sites within the reader's rights that have chosen it, from when. */
  usedBy: Type.Array(Type.Object({ site: Type.String(), from: Type.String() })),
  uploaded: orNull(
    Type.Object({ by: Type.String(), at: InstantText, reason: Type.String(), hash: Type.String() }),
  ),
});
export type SchemeView = Static<typeof SchemeView>;

export const SchemeList = ListOf(SchemeView);
export const SchemeParams = Type.Object({ scheme: Type.String({ pattern: '^[A-Za-z0-9._-]{1,80}$' }) });
export const SchemeDetail = Type.Object({ ...SchemeView.properties, file: Type.Unknown() });

/** A whole scheme file; `cases` (as for `relight assess`) are assessed by it before anything is kept. */
export const SchemeBody = Type.Object(
  {
    file: Type.Unknown(),
    reason: Why,
    cases: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 50 })),
  },
  { additionalProperties: false },
);
export const DryRunQuery = Type.Object({ dryRun: Type.Optional(Type.Boolean()) });

/** `previews`: what the scheme says of each case, in their order. */
export const SchemeReply = Type.Object({
  applied: Type.Boolean(),
  name: Type.String(),
  revision: Type.Integer(),
  supersedes: orNull(Type.String()),
  unverified: Type.Array(Doubt),
  previews: Type.Array(Type.Unknown()),
});
export type SchemeReply = Static<typeof SchemeReply>;

/** `backTest` must have tried this scheme with these parameters since `from`, when that is in the past. */
export const ChooseBody = Type.Object(
  {
    scheme: SchemeParams.properties.scheme,
    from: LocalDate,
    parameters: Type.Optional(Parameters),
    reason: Why,
    backTest: Type.Optional(Id),
  },
  { additionalProperties: false },
);

export const ChoiceList = Type.Object({
  version: Type.Integer(),
  items: Type.Array(
    Type.Object({
      scheme: Type.String(),
      from: Type.String(),
      parameters: Type.Record(Type.String(), Type.Unknown()),
    }),
  ),
});
export const ChooseReply = Type.Object({ applied: Type.Boolean(), ...ChoiceList.properties });

/** A scheme by name, or a whole file that is kept nowhere. */
export const BackTestBody = Type.Object(
  {
    scheme: Type.Optional(SchemeParams.properties.scheme),
    file: Type.Optional(Type.Unknown()),
    parameters: Type.Optional(Parameters),
    from: LocalDate,
    to: LocalDate,
  },
  { additionalProperties: false },
);
export const BackTestAccepted = Type.Object({ backTest: Type.String() });
export const BackTestParams = Type.Object({ site: Id, backTest: Id });

const Amount = Type.String({ pattern: '^-?\\d+(\\.\\d+)?$' });
const Amounts = Type.Record(Type.String(), Amount);

/** Amounts are decimal text in `currency`; null where nothing was assessed. */
export const CostView = Type.Object({
  currency: orNull(Type.String()),
  total: Amount,
  byRule: Amounts,
  byBuilding: Amounts,
  byMonth: Amounts,
  premisesPaid: Type.Integer(),
  refused: Type.Record(Type.String(), Type.Integer()),
  cases: Type.Integer(),
});
export type CostView = Static<typeof CostView>;

export const BackTestView = Type.Object({
  id: Type.String(),
  state: Type.Union([
    Type.Literal('running'),
    Type.Literal('done'),
    Type.Literal('failed'),
    Type.Literal('cancelled'),
  ]),
  scheme: Type.String(),
  from: Type.String(),
  to: Type.String(),
  progress: Type.Number(),
  tried: CostView,
  current: CostView,
});
export type BackTestView = Static<typeof BackTestView>;

/** Largest difference first. */
export const DifferenceList = ListOf(
  Type.Object({ premises: Type.String(), tried: Amount, current: Amount, difference: Amount }),
);
