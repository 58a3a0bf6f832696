import { type Static, Type } from 'typebox';
import { Id, InstantText, Language, ListOf, Money, orNull, PageQuery } from './common.ts';
import { Work } from './planned.ts';

export const OwnerParams = Type.Object({ token: Type.String({ minLength: 20, maxLength: 64 }) });

const Cause = Type.Enum([
  'planned',
  'overrun',
  'phase_missing',
  'property_supply',
  'public_supply',
  'equipment',
  'overload',
  'cable',
  'water',
  'weather',
  'third_party',
  'works',
]);

/** How far whoever was sent has got; nobody is named. */
const Progress = Type.Union([
  Type.Literal('reported'),
  Type.Literal('accepted'),
  Type.Literal('travelling'),
  Type.Literal('on_site'),
  Type.Literal('working'),
  Type.Literal('restored'),
]);

/** running: still growing. final: settled. unverified: not measured at the premises itself, checked before it is paid. */
const OwnerMoney = Type.Object({
  ...Money.properties,
  state: Type.Union([Type.Literal('running'), Type.Literal('final'), Type.Literal('unverified')]),
  minutes: Type.Number(),
});

const Outage = {
  incident: Id,
  number: Type.String(),
  premises: Type.Array(Id),
  cause: Cause,
  since: InstantText,
  money: orNull(OwnerMoney),
};

/** All that one person may see: their own premises at one site. Minutes that still run are counted by who shows them. */
export const OwnerView = Type.Object({
  site: Type.Object({
    name: Type.String(),
    phone: orNull(Type.String()),
    timeZone: Type.String(),
    simulated: Type.Boolean(),
  }),
  language: Language,
  premises: Type.Array(
    Type.Object({
      premises: Id,
      building: orNull(Type.String()),
      state: Type.Union([
        Type.Literal('on'),
        Type.Literal('off'),
        Type.Literal('partial'),
        Type.Literal('unsure'),
      ]),
      reported: Type.Boolean({ description: 'reported dark by an owner, and not yet looked at' }),
    }),
  ),
  current: Type.Array(
    Type.Object({
      ...Outage,
      eta: orNull(InstantText),
      progress: Progress,
      progressAt: InstantText,
      units: Type.Integer(),
    }),
  ),
  planned: Type.Array(
    Type.Object({
      plan: Id,
      premises: Type.Array(Id),
      from: InstantText,
      to: InstantText,
      work: Work,
      running: Type.Boolean(),
    }),
  ),
  history: Type.Array(
    Type.Object({
      ...Outage,
      to: InstantText,
      minutes: Type.Number(),
      mayRate: Type.Boolean(),
      rating: orNull(Type.Object({ rating: Type.Integer(), comment: orNull(Type.String()) })),
    }),
  ),
});
export type OwnerView = Static<typeof OwnerView>;

export const RatingBody = Type.Object(
  {
    incident: Id,
    rating: Type.Integer({ minimum: 1, maximum: 5 }),
    comment: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
);

export const StillDarkBody = Type.Object(
  { premises: Id, note: Type.Optional(Type.String({ maxLength: 300 })) },
  { additionalProperties: false },
);

const Average = { ratings: Type.Integer(), average: orNull(Type.Number()) };

export const FeedbackSummaryList = ListOf(
  Type.Object({ incident: Id, ...Average, comments: Type.Integer(), lastAt: InstantText }),
);

export const FeedbackView = Type.Object({
  ...Average,
  counts: Type.Array(Type.Object({ rating: Type.Integer(), count: Type.Integer() })),
  items: Type.Array(
    Type.Object({ person: Id, rating: Type.Integer(), comment: orNull(Type.String()), at: InstantText }),
  ),
});

export const ReportView = Type.Object({
  id: Id,
  incident: orNull(Id),
  premises: Id,
  person: Id,
  at: InstantText,
  note: orNull(Type.String()),
  handled: orNull(Type.Object({ at: InstantText, by: Type.String(), outcome: Type.String() })),
});
export type ReportView = Static<typeof ReportView>;
export const ReportList = ListOf(ReportView);
export const ReportQueryString = Type.Object({ ...PageQuery, open: Type.Optional(Type.Boolean()) });
export const ReportParams = Type.Object({ site: Id, report: Id });
export const HandleBody = Type.Object(
  { outcome: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
);
