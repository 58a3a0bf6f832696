import { type Static, Type } from 'typebox';
import { Id, InstantText, Language, ListOf, orNull } from './common.ts';
import { TableView } from './people.ts';
import { PersonName } from './session.ts';

/** `phone` is masked. */
export const StaffView = Type.Object({
  id: Id,
  name: Type.String(),
  phone: orNull(Type.String()),
  language: Language,
  skills: Type.Array(Type.String()),
  account: orNull(Type.String()),
  active: Type.Boolean(),
});
export type StaffView = Static<typeof StaffView>;

export const StaffList = ListOf(StaffView);
export const StaffParams = Type.Object({ site: Id, member: Id });

/** Without `phone` the stored one stays: lists show it masked, so nobody could send it back. */
export const StaffBody = Type.Object(
  {
    name: PersonName,
    phone: Type.Optional(Type.String({ pattern: '^\\+[1-9][0-9]{5,14}$' })),
    language: Language,
    skills: Type.Array(Id, { maxItems: 50, uniqueItems: true }),
    account: orNull(Id),
    active: Type.Boolean(),
  },
  { additionalProperties: false },
);

/** `applied` false: a trial. Nobody is taken off by a list. */
export const StaffImportReply = Type.Object({
  applied: Type.Boolean(),
  added: Type.Array(Type.String()),
  changed: Type.Array(Type.Object({ id: Type.String(), fields: Type.Array(Type.String()) })),
  unchanged: Type.Integer(),
  ...TableView.properties,
});

const LocalDate = Type.String({ format: 'date' });
const Crew = orNull(Id);
const strict = { additionalProperties: false };

/** Who has duty when; times are those of the site's wall clock. */
export const RosterBody = Type.Object(
  {
    shifts: Type.Array(
      Type.Object(
        {
          id: Id,
          name: Type.String({ maxLength: 100 }),
          start: Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }),
        },
        strict,
      ),
      { maxItems: 24 },
    ),
    crews: Type.Array(
      Type.Object(
        {
          id: Id,
          name: Type.String({ maxLength: 100 }),
          members: Type.Array(Id, { maxItems: 100, uniqueItems: true }),
        },
        strict,
      ),
      { maxItems: 100 },
    ),
    anchor: LocalDate,
    cycle: Type.Array(Type.Array(Crew, { maxItems: 24 }), { maxItems: 400 }),
    holidays: Type.Array(
      Type.Object({ date: LocalDate, crews: Type.Array(Crew, { maxItems: 24 }) }, strict),
      {
        maxItems: 1_000,
      },
    ),
    leave: Type.Array(Type.Object({ person: Id, from: LocalDate, to: LocalDate }, strict), {
      maxItems: 10_000,
    }),
    swaps: Type.Array(Type.Object({ date: LocalDate, shift: Id, out: Id, in: Id }, strict), {
      maxItems: 10_000,
    }),
    backups: Type.Array(Id, { maxItems: 100, uniqueItems: true }),
  },
  strict,
);
export type RosterBody = Static<typeof RosterBody>;

/** `version` goes into `If-Match` of the next edit, as `"7"`. */
export const RosterView = Type.Object({ version: Type.Integer(), roster: RosterBody });

export const RosterHeaders = Type.Object({ 'if-match': Type.Optional(Type.String({ maxLength: 40 })) });

export const OnCallQuery = Type.Object({ at: Type.Optional(InstantText) });
export const OnCallView = Type.Object({
  at: InstantText,
  shift: orNull(
    Type.Object({
      id: Id,
      name: Type.String(),
      date: Type.String(),
      from: InstantText,
      to: InstantText,
      crew: orNull(Id),
    }),
  ),
  order: Type.Array(Type.Object({ id: Id, name: Type.String() })),
});
export type OnCallView = Static<typeof OnCallView>;
