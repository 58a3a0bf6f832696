import { type Static, Type } from 'typebox';
import { Id, InstantText, ListOf, Money, orNull, PageQuery } from './common.ts';

const Hours = Type.Integer({ minimum: 1, maximum: 24 * 60 });
const Why = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });
const Nodes = Type.Array(Id, { minItems: 1, maxItems: 500, uniqueItems: true });

export const Work = Type.Union([
  Type.Literal('maintenance'),
  Type.Literal('repair'),
  Type.Literal('upgrade'),
  Type.Literal('inspection'),
  Type.Literal('utility'),
]);

export const PlanPreviewBody = Type.Object(
  { nodes: Nodes, from: InstantText, to: InstantText, work: Type.Optional(Work) },
  { additionalProperties: false },
);
export type PlanPreviewBody = Static<typeof PlanPreviewBody>;

/** `exemption`: why people are told later than the rules ask; needed when they are. */
export const PlanBody = Type.Object(
  {
    id: Id,
    nodes: Nodes,
    from: InstantText,
    to: InstantText,
    work: Work,
    note: Type.Optional(Why),
    exemption: Type.Optional(Why),
  },
  { additionalProperties: false },
);
export type PlanBody = Static<typeof PlanBody>;

export const PlanMoveBody = Type.Object(
  { nodes: Type.Optional(Nodes), from: InstantText, to: InstantText, exemption: Type.Optional(Why) },
  { additionalProperties: false },
);
export type PlanMoveBody = Static<typeof PlanMoveBody>;

export const PlanCancelBody = Type.Object({ reason: Why }, { additionalProperties: false });
export type PlanCancelBody = Static<typeof PlanCancelBody>;

export const PlanParams = Type.Object({ site: Id, plan: Id });

/** `messages`: one to each person; `segments` and `cost` for one round, and for all rounds still ahead. */
export const PlanPreview = Type.Object({
  premises: Type.Array(
    Type.Object({ premises: Id, building: orNull(Type.String()), people: Type.Integer() }),
  ),
  unreachable: Type.Integer({ description: 'premises without anybody who has a telephone' }),
  people: Type.Integer(),
  rounds: Type.Integer(),
  segments: Type.Object({ perRound: Type.Integer(), all: Type.Integer() }),
  cost: orNull(Type.Object({ perRound: Money, all: Money })),
  samples: Type.Array(
    Type.Object({
      language: Type.String(),
      text: Type.String(),
      units: Type.Integer(),
      segments: Type.Integer(),
    }),
  ),
  missed_h: Type.Array(Hours),
});
export type PlanPreview = Static<typeof PlanPreview>;

/** A change that somebody thinks of making. */
export const PlanChangeBody = Type.Union([
  Type.Object(
    {
      change: Type.Literal('move'),
      nodes: Type.Optional(Nodes),
      from: InstantText,
      to: InstantText,
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { change: Type.Union([Type.Literal('cancel'), Type.Literal('finish')]) },
    { additionalProperties: false },
  ),
]);
export type PlanChangeBody = Static<typeof PlanChangeBody>;

/** `messages`: what people would be told at once. `newcomers`: concerned for the first time, told at the next reminder. */
export const PlanChangePreview = Type.Object({
  told: Type.Integer({ description: 'people who were told of the plan as it stands' }),
  messages: Type.Integer(),
  segments: Type.Integer(),
  cost: orNull(Money),
  samples: Type.Array(
    Type.Object({
      stage: Type.String(),
      language: Type.String(),
      text: Type.String(),
      units: Type.Integer(),
      segments: Type.Integer(),
      messages: Type.Integer(),
    }),
  ),
  premises: Type.Integer(),
  newcomers: Type.Integer(),
  missed_h: Type.Array(Hours),
});
export type PlanChangePreview = Static<typeof PlanChangePreview>;

export const PlanView = Type.Object({
  id: Id,
  nodes: Type.Array(Id),
  work: Work,
  note: orNull(Type.String()),
  from: InstantText,
  to: InstantText,
  state: Type.Union([
    Type.Literal('announced'),
    Type.Literal('running'),
    Type.Literal('ended'),
    Type.Literal('overrun'),
    Type.Literal('cancelled'),
  ]),
  announcedAt: InstantText,
  exemption: orNull(
    Type.Object({
      reason: Type.String(),
      by: Type.String(),
      at: InstantText,
      missed_h: Type.Array(Type.Number()),
    }),
  ),
  told: Type.Integer({ description: 'people told of it so far' }),
  history: Type.Array(
    Type.Object({ at: InstantText, by: Type.String(), event: Type.String(), note: orNull(Type.String()) }),
  ),
});
export type PlanView = Static<typeof PlanView>;

export const PlanList = ListOf(PlanView);
export const PlanQueryString = Type.Object({ ...PageQuery, active: Type.Optional(Type.Boolean()) });

/** `kept`: proven in time; `open`: there is still time. `receipt` false: the provider took it, nothing more is known. */
export const ComplianceView = Type.Object({
  exempted: Type.Boolean(),
  totals: Type.Array(
    Type.Object({
      hours: Type.Number(),
      due: InstantText,
      kept: Type.Integer(),
      open: Type.Integer(),
      late: Type.Integer(),
      missing: Type.Integer(),
    }),
  ),
  premises: Type.Array(
    Type.Object({
      premises: Id,
      periods: Type.Array(
        Type.Object({
          hours: Type.Number(),
          due: InstantText,
          kept: Type.Union([
            Type.Literal('kept'),
            Type.Literal('open'),
            Type.Literal('late'),
            Type.Literal('missing'),
          ]),
          noticeAt: orNull(InstantText),
          receipt: Type.Boolean(),
        }),
      ),
    }),
  ),
});
export type ComplianceView = Static<typeof ComplianceView>;

export const PlannedSettingsBody = Type.Object(
  {
    required_h: Type.Array(Hours, { maxItems: 5, uniqueItems: true }),
    ahead_h: Type.Array(Hours, { minItems: 1, maxItems: 10, uniqueItems: true }),
    segmentPrice: orNull(
      Type.Object(
        {
          amount: Type.String({ pattern: '^\\d{1,4}(\\.\\d{1,6})?$' }),
          currency: Type.String({ pattern: '^[A-Z]{3}$' }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type PlannedSettingsBody = Static<typeof PlannedSettingsBody>;
