import { type Static, Type } from 'typebox';
import { Id, InstantText, ListOf, Money, orNull, PageQuery } from './common.ts';

const strict = { additionalProperties: false };
const Reason = Type.String({ minLength: 1, maxLength: 2_000 });
const State = Type.Union([
  Type.Literal('estimated'),
  Type.Literal('assessed'),
  Type.Literal('submitted'),
  Type.Literal('approved'),
  Type.Literal('rejected'),
  Type.Literal('paid'),
  Type.Literal('appealed'),
  Type.Literal('reversed'),
]);
const Missing = Type.Object({ path: Type.String(), code: Type.String() });

/** In bodies of requests: never negative. */
export const MoneyGiven = Type.Object(
  {
    amount: Type.String({ pattern: '^\\d{1,13}(\\.\\d{1,3})?$' }),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  },
  strict,
);

export const ClaimView = Type.Object({
  id: Id,
  /** Goes into `If-Match`, as `"7"`. */
  version: Type.Integer(),
  incident: Type.String(),
  premises: Type.String(),
  scheme: Type.String(),
  schemeVersion: Type.String(),
  ordinal: Type.Integer(),
  kind: Type.Union([
    Type.Literal('first'),
    Type.Literal('supplement'),
    Type.Literal('recourse'),
    Type.Literal('grant'),
  ]),
  state: State,
  amount: Money,
  minutes: Type.Number(),
  due: orNull(Type.String()),
  payer: Type.String(),
  payee: orNull(Type.String()),
  recourse: orNull(Type.String()),
  /** Why no amount could be worked out; empty when it could. */
  needs: Type.Array(Missing),
  unverified: Type.Array(Type.String()),
  evidence: Type.String(),
  approvals: Type.Array(Type.Object({ by: Type.String(), at: InstantText })),
  /** How many different persons must approve, and whether one must be an administrator. */
  approvalNeeded: Type.Object({ persons: Type.Integer(), administrator: Type.Boolean() }),
  submittedBy: orNull(Type.String()),
  appeal: orNull(Type.Object({ at: InstantText, reason: Type.String(), from: Type.String() })),
  payout: orNull(Type.String()),
  endedAt: orNull(InstantText),
  openedAt: InstantText,
});
export type ClaimView = Static<typeof ClaimView>;

/** What an id of a user is called: those of everybody named in the answer. */
export const Names = Type.Record(Type.String(), Type.String());

export const ClaimDetail = Type.Object({
  ...ClaimView.properties,
  names: Names,
  trace: Type.Array(Type.Unknown()),
  steps: Type.Array(
    Type.Object({
      at: InstantText,
      by: Type.String(),
      event: Type.String(),
      from: orNull(State),
      to: State,
      reason: orNull(Type.String()),
      amount: Money,
    }),
  ),
});
export type ClaimDetail = Static<typeof ClaimDetail>;

const StateTotal = Type.Object({ state: State, count: Type.Integer(), total: Money });

/** `totals` sums all claims of the query by state, whatever state and page are shown. */
export const ClaimList = Type.Object({
  ...ListOf(ClaimView).properties,
  totals: Type.Array(StateTotal),
});
export type ClaimList = Static<typeof ClaimList>;

/** Incidents with claims that wait for approval, the newest first; at most 50. */
export const WaitingList = ListOf(
  Type.Object({ incident: Type.String(), count: Type.Integer(), total: Money }),
);
export type WaitingList = Static<typeof WaitingList>;
export const ClaimParams = Type.Object({ site: Id, claim: Id });
export const ClaimQueryString = Type.Object({
  ...PageQuery,
  state: Type.Optional(State),
  incident: Type.Optional(Id),
  premises: Type.Optional(Id),
  building: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  needsInput: Type.Optional(Type.Boolean()),
});

export const EditHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ minLength: 8, maxLength: 100, pattern: '^[A-Za-z0-9._:-]+$' }),
  ),
  'if-match': Type.Optional(Type.String({ maxLength: 40 })),
});

export const ReasonBody = Type.Object({ reason: Reason }, strict);
export const GrantBody = Type.Object({ reason: Reason, amount: MoneyGiven }, strict);

/** What approving an incident's claims would do, before it is done. */
export const ApprovalPreview = Type.Object({
  incident: Type.String(),
  count: Type.Integer(),
  total: Money,
  /** Those a person should look at one by one; a batch leaves them out. */
  outliers: Type.Array(
    Type.Object({ claim: Id, premises: Type.String(), amount: Money, reasons: Type.Array(Type.String()) }),
  ),
  /** Without the outliers. */
  ordinary: Type.Object({ count: Type.Integer(), total: Money }),
  needsInput: Type.Integer(),
  states: Type.Array(StateTotal),
});
export type ApprovalPreview = Static<typeof ApprovalPreview>;

/** `expect` is what the preview said of the ordinary ones: when that has changed nothing is approved. */
export const ApproveAllBody = Type.Object(
  { expect: Type.Object({ count: Type.Integer({ minimum: 1 }), total: MoneyGiven }, strict) },
  strict,
);
export const ApproveAllReply = Type.Object({
  approved: Type.Integer(),
  /** Noted, and waiting for a second person. */
  endorsed: Type.Integer(),
  total: Money,
  skipped: Type.Array(Type.Object({ claim: Id, reason: Type.String() })),
});
export type ApproveAllReply = Static<typeof ApproveAllReply>;

export const ClaimSettingsBody = Type.Object(
  {
    submission: Type.Union([Type.Literal('automatic'), Type.Literal('application')]),
    applicationDays: Type.Integer({ minimum: 1, maximum: 3_650 }),
    appealDays: Type.Integer({ minimum: 1, maximum: 3_650 }),
    singleUpTo: MoneyGiven,
    twoUpTo: MoneyGiven,
    payers: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 20, uniqueItems: true }),
    fundLimit: MoneyGiven,
    budgets: Type.Array(
      Type.Object({ year: Type.Integer({ minimum: 2000, maximum: 2200 }), amount: MoneyGiven }, strict),
      { maxItems: 100 },
    ),
  },
  strict,
);
export type ClaimSettingsBody = Static<typeof ClaimSettingsBody>;
export const ClaimSettingsView = Type.Object({ version: Type.Integer(), settings: ClaimSettingsBody });
export type ClaimSettingsView = Static<typeof ClaimSettingsView>;
export const IfMatchHeaders = Type.Object({ 'if-match': Type.Optional(Type.String({ maxLength: 40 })) });

/** A claim as its owner sees it: the amount and how it came about, not who decided. */
export const OwnerClaimView = Type.Object({
  id: Id,
  incident: Type.String(),
  premises: Type.String(),
  state: State,
  amount: Money,
  minutes: Type.Number(),
  due: orNull(Type.String()),
  needs: Type.Array(Missing),
  unverified: Type.Array(Type.String()),
  /** The reason of the last decision. */
  reason: orNull(Type.String()),
  endedAt: orNull(InstantText),
  mayApply: Type.Boolean(),
  mayAppeal: Type.Boolean(),
});
export type OwnerClaimView = Static<typeof OwnerClaimView>;
export const OwnerClaimList = ListOf(OwnerClaimView);
export const OwnerClaimParams = Type.Object({
  token: Type.String({ minLength: 20, maxLength: 64 }),
  claim: Id,
});
