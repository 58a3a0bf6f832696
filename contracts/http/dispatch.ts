import { type Static, Type } from 'typebox';
import { Id, InstantText, ListOf, orNull, PageQuery } from './common.ts';

const State = Type.Union([
  Type.Literal('offered'),
  Type.Literal('accepted'),
  Type.Literal('travelling'),
  Type.Literal('on_site'),
  Type.Literal('working'),
  Type.Literal('restored'),
  Type.Literal('return_visit_done'),
  Type.Literal('stood_down'),
  Type.Literal('retracted'),
]);

const Clock = Type.Union([
  Type.Literal('dispatch'),
  Type.Literal('on_site'),
  Type.Literal('informed'),
  Type.Literal('return_visit'),
]);

const Severity = Type.Union([Type.Literal('urgent'), Type.Literal('ordinary')]);

const Move = Type.Union([
  Type.Literal('accept'),
  Type.Literal('decline'),
  Type.Literal('travel'),
  Type.Literal('arrive'),
  Type.Literal('work'),
  Type.Literal('restore'),
  Type.Literal('visit'),
]);

/** `dueAt` null: it rests. `late`: beyond its limit and still running. */
const ClockView = Type.Object({
  clock: Clock,
  round: Type.Integer(),
  startedAt: InstantText,
  stoppedAt: orNull(InstantText),
  limit_s: Type.Number(),
  elapsed_s: Type.Number(),
  dueAt: orNull(InstantText),
  status: Type.Union([
    Type.Literal('running'),
    Type.Literal('paused'),
    Type.Literal('late'),
    Type.Literal('met'),
    Type.Literal('missed'),
  ]),
  pauses: Type.Array(
    Type.Object({
      from: InstantText,
      to: orNull(InstantText),
      reason: Type.String(),
      by: Type.String(),
    }),
  ),
});

/** `moves`: what it allows now. `steps`: warnings and escalations that fell due, with the instant they did. */
export const DispatchView = Type.Object({
  id: Id,
  incident: Id,
  severity: Severity,
  state: State,
  engineer: orNull(Type.Object({ id: Id, name: Type.String() })),
  openedAt: InstantText,
  supplyBack: Type.Boolean(),
  moves: Type.Array(Move),
  clocks: Type.Array(ClockView),
  offers: Type.Array(
    Type.Object({
      n: Type.Integer(),
      engineer: Id,
      at: InstantText,
      by: Type.String(),
      answer: Type.String(),
      answeredAt: orNull(InstantText),
    }),
  ),
  history: Type.Array(
    Type.Object({
      at: InstantText,
      by: Type.String(),
      event: Type.String(),
      note: orNull(Type.String()),
      photo: orNull(Type.String()),
      /** Said earlier, on a telephone without network; `at` is when it came in. */
      saidAt: orNull(InstantText),
    }),
  ),
  steps: Type.Array(Type.Object({ key: Type.String(), at: InstantText })),
});
export type DispatchView = Static<typeof DispatchView>;

export const DispatchList = ListOf(DispatchView);
export const DispatchQueryString = Type.Object({ ...PageQuery, active: Type.Optional(Type.Boolean()) });

const Note = Type.String({ minLength: 1, maxLength: 1_000, pattern: '\\S' });

export const OfferBody = Type.Object(
  { engineer: Id, note: Type.Optional(Note) },
  { additionalProperties: false },
);

/** `engineer`: whose yes or no it is; left out, one's own. `photo`: the id of one that was stored before. */
export const AdvanceBody = Type.Object(
  { move: Move, engineer: Type.Optional(Id), note: Type.Optional(Note), photo: Type.Optional(Id) },
  { additionalProperties: false },
);

/** Without `clock` every clock that runs. */
export const PauseBody = Type.Object(
  { clock: Type.Optional(Clock), reason: Note },
  { additionalProperties: false },
);

/** Best first, with the reasons: place in the on-call order, dispatches in hand, skills that are missing. */
export const SuggestionList = ListOf(
  Type.Object({
    engineer: Id,
    name: Type.String(),
    onCall: orNull(Type.Integer()),
    load: Type.Integer(),
    missingSkills: Type.Array(Type.String()),
  }),
);

const PhotoType = Type.Union([
  Type.Literal('image/jpeg'),
  Type.Literal('image/png'),
  Type.Literal('image/webp'),
]);

export const PhotoBody = Type.Object(
  {
    type: PhotoType,
    base64: Type.String({ minLength: 4, maxLength: 900_000, pattern: '^[A-Za-z0-9+/]+={0,2}$' }),
  },
  { additionalProperties: false },
);
export const PhotoStored = Type.Object({ photo: Id });
export const PhotoView = Type.Object({
  photo: Id,
  at: InstantText,
  by: Type.String(),
  type: PhotoType,
  base64: Type.String(),
});
export const PhotoParams = Type.Object({ site: Id, incident: Id, photo: Id });

export const LinkParams = Type.Object({ token: Type.String({ minLength: 20, maxLength: 120 }) });

/** What the engineer's link shows: nothing of anybody's, only where to go and what can be said. */
export const LinkView = Type.Object({
  site: Type.String(),
  timeZone: Type.String(),
  incident: Type.String(),
  place: Type.String(),
  onset: InstantText,
  units: Type.Integer(),
  severity: Severity,
  state: State,
  moves: Type.Array(Move),
  clocks: Type.Array(ClockView),
});
export type LinkView = Static<typeof LinkView>;

export const LinkBody = Type.Object(
  {
    move: Type.Union([Type.Literal('accept'), Type.Literal('arrive'), Type.Literal('decline')]),
    note: Type.Optional(Note),
    /** When it was said, by the telephone's clock, where it could not be sent at once. */
    saidAt: Type.Optional(InstantText),
  },
  { additionalProperties: false },
);

const Minutes = Type.Number({ exclusiveMinimum: 0, maximum: 60 * 24 * 30 });

const Rules = Type.Object(
  {
    limits_min: Type.Object(
      { dispatch: Minutes, on_site: Minutes, informed: Minutes, return_visit: Minutes },
      { additionalProperties: false },
    ),
    warn_percent: Type.Number({ minimum: 1, maximum: 99 }),
    offer_min: Minutes,
    chain: Type.Array(
      Type.Object(
        {
          to: Type.String({ pattern: '^(engineer|desk|on_call:[1-9]|person:[A-Za-z0-9._-]{1,64})$' }),
          after_min: Type.Number({ minimum: 0, maximum: 60 * 24 * 30 }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 10 },
    ),
  },
  { additionalProperties: false },
);

/** The whole of it, as `GET` gives it. */
export const DispatchSettingsBody = Type.Object(
  {
    autoOffer: Type.Boolean(),
    deskPhone: orNull(Type.String({ pattern: '^\\+[1-9][0-9]{5,14}$' })),
    urgentNodes: Type.Array(Id, { maxItems: 1_000, uniqueItems: true }),
    urgentUnits: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    skills: Type.Record(Type.String({ maxLength: 20 }), Type.Array(Id, { maxItems: 20 })),
    rules: Type.Object({ urgent: Rules, ordinary: Rules }, { additionalProperties: false }),
  },
  { additionalProperties: false },
);
export type DispatchSettingsBody = Static<typeof DispatchSettingsBody>;
