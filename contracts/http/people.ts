import { type Static, Type } from 'typebox';
import { CSV_CHARACTERS } from '../premises-import/csv.ts';
import { Id, InstantText, Language, ListOf, orNull, PageQuery } from './common.ts';
import { PutSiteReply } from './sites.ts';

const ClockTime = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });
const Phone = Type.String({ pattern: '^\\+[1-9][0-9]{5,14}$' });

/** Quiet hours go by the site's wall clock; `from` later than `to` spans midnight. */
export const ProfileBody = Type.Object(
  {
    channels: Type.Array(
      Type.Union([Type.Literal('sms'), Type.Literal('voice'), Type.Literal('email'), Type.Literal('wechat')]),
      { minItems: 1, maxItems: 4, uniqueItems: true },
    ),
    quiet: orNull(Type.Object({ from: ClockTime, to: ClockTime }, { additionalProperties: false })),
    vulnerable: Type.Boolean(),
    medicalDevice: Type.Boolean(),
    email: Type.Optional(
      Type.String({ maxLength: 254, pattern: '^[^\\s@<>"*]{1,64}@[A-Za-z0-9.-]{1,255}$' }),
    ),
  },
  { additionalProperties: false },
);

/** Name and phone are masked unless unmasking was asked for, which is on the record. */
export const PersonView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  phone: orNull(Type.String()),
  language: Language,
  optedOut: Type.Boolean(),
  /** With a masked address, unless unmasked. */
  profile: Type.Object({ ...ProfileBody.properties, email: Type.Optional(Type.String()) }),
  premises: Type.Array(
    Type.Object({
      premises: Type.String(),
      role: Type.Union([Type.Literal('owner'), Type.Literal('occupant')]),
    }),
  ),
});
export type PersonView = Static<typeof PersonView>;

export const PersonList = ListOf(PersonView);

/** A search by phone is on the record. */
export const PersonQuery = Type.Object({ ...PageQuery, phone: Type.Optional(Phone) });

/** With everything the person ever said about messages, oldest first. */
export const PersonDetail = Type.Object({
  ...PersonView.properties,
  optOuts: Type.Array(Type.Object({ at: InstantText, optedOut: Type.Boolean(), evidence: Type.String() })),
});

export const PersonParams = Type.Object({ site: Id, person: Id });
export const UnmaskQuery = Type.Object({ unmask: Type.Optional(Type.Boolean()) });

export const OptOutBody = Type.Object(
  { optedOut: Type.Boolean(), evidence: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
);

/** A packed sheet of 8 MB, in base64. */
const XLSX_CHARACTERS = 11_200_000;

/** A list as CSV or as XLSX in base64, one of the two; `sheet` is the first unless named. `countryCode` stands before phones that have none. */
export const ImportBody = Type.Object(
  {
    csv: Type.Optional(Type.String({ minLength: 1, maxLength: CSV_CHARACTERS })),
    xlsx: Type.Optional(
      Type.String({ minLength: 4, maxLength: XLSX_CHARACTERS, pattern: '^[A-Za-z0-9+/]+={0,2}$' }),
    ),
    sheet: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    countryCode: Type.Optional(Type.String({ pattern: '^\\+[1-9]\\d{0,3}$' })),
  },
  { additionalProperties: false },
);
export type ImportBody = Static<typeof ImportBody>;
export const ImportQuery = Type.Object({ dryRun: Type.Optional(Type.Boolean()) });

/** What the table was read from: names of sheets, empty for CSV, and cells to look at. */
export const TableView = Type.Object({
  sheets: Type.Array(Type.String()),
  sheet: orNull(Type.String()),
  warnings: Type.Array(Type.Object({ row: Type.Integer(), column: Type.String(), code: Type.String() })),
});

/** What erasing takes, and of `deliveries` how many stay on the record without their words. */
export const ErasureView = Type.Object({
  erased: Type.Boolean(),
  premises: PersonView.properties.premises,
  profile: Type.Boolean(),
  optOuts: Type.Integer(),
  optedOut: Type.Boolean(),
  staff: Type.Boolean(),
  deliveries: Type.Integer(),
  unsent: Type.Integer(),
});
export const ErasureBody = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
);

/** `applied` false: a trial. `people`: how many were named and how many profiles change. */
export const ImportReply = Type.Object({
  applied: Type.Boolean(),
  version: Type.Integer(),
  rows: Type.Integer(),
  premises: PutSiteReply.properties.premises,
  devices: PutSiteReply.properties.devices,
  nodes: PutSiteReply.properties.nodes,
  profiles: Type.Integer(),
  ...TableView.properties,
});
export type ImportReply = Static<typeof ImportReply>;
