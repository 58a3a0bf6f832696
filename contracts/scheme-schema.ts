import { Type } from 'typebox';
import { Id } from './scalars.ts';
import { ruleSchemas } from './scheme-rule-schema.ts';
import { Closed, Decimal, Expression, LocalDate, Notes, Unverified, Word, Words } from './scheme-words.ts';

const { ConditionSchema, GroupSchema, LimitSchema, RuleSchema } = ruleSchemas;

const Unit = Type.String({ minLength: 1, maxLength: 60 });
const Default = Type.Union([Type.String(), Type.Boolean()]);
const Texts = Type.Array(Type.String({ minLength: 1 }), { maxItems: 200 });

const ParameterSchema = Type.Object(
  {
    type: Type.Enum(['number', 'choice', 'flag']),
    title: Words,
    notes: Notes,
    unit: Type.Optional(Unit),
    values: Type.Optional(Texts),
    default: Type.Optional(Default),
    min: Type.Optional(Decimal),
    max: Type.Optional(Decimal),
    unverified: Unverified,
  },
  Closed,
);

const InputSchema = Type.Object(
  {
    type: Type.Enum(['number', 'text', 'flag', 'instant', 'date', 'intervals', 'weights', 'list']),
    title: Type.Optional(Words),
    notes: Notes,
    unit: Type.Optional(Unit),
    values: Type.Optional(Texts),
    default: Type.Optional(Default),
    optional: Type.Optional(Type.Boolean()),
    unverified: Unverified,
  },
  Closed,
);
const Inputs = Type.Optional(Type.Record(Word, InputSchema, Closed));

const SeriesSchema = Type.Object(
  {
    unit: Type.Optional(Unit),
    notes: Notes,
    unverified: Unverified,
    values: Type.Array(
      Type.Object({ from: LocalDate, value: Decimal, notes: Notes, unverified: Unverified }, Closed),
      { minItems: 1, maxItems: 2_000 },
    ),
  },
  Closed,
);

const TableSchema = Type.Object(
  {
    unit: Type.Optional(Unit),
    notes: Notes,
    unverified: Unverified,
    rows: Type.Record(Type.String(), Type.Record(Type.String(), Decimal), Closed),
  },
  Closed,
);

const CalendarSchema = Type.Object(
  {
    notes: Notes,
    weekend: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { maxItems: 7 })),
    holidays: Type.Array(LocalDate, { maxItems: 5_000 }),
    workdays: Type.Optional(Type.Array(LocalDate, { maxItems: 5_000 })),
    fact: Type.Optional(Word),
    from: Type.Optional(LocalDate),
    to: Type.Optional(LocalDate),
    unverified: Unverified,
  },
  Closed,
);

const VersionSchema = Type.Object(
  {
    from: LocalDate,
    to: Type.Union([Type.Null(), LocalDate]),
    notes: Notes,
    unverified: Unverified,
    conflict: Type.Optional(Type.Object({ note: Type.String({ minLength: 1 }), chosen: Expression }, Closed)),
    rules: Type.Array(RuleSchema, { minItems: 1, maxItems: 200 }),
    groups: Type.Optional(Type.Array(GroupSchema, { maxItems: 100 })),
    limits: Type.Optional(Type.Array(LimitSchema, { maxItems: 100 })),
  },
  Closed,
);

/** A compensation scheme file (`schemes/*.json`); what its expressions mean is the compiler's to judge. */
export const SchemeSchema = Type.Object(
  {
    id: Id,
    title: Words,
    notes: Notes,
    source: Type.Object(
      {
        title: Type.String({ minLength: 1 }),
        reference: Type.String({ minLength: 1 }),
        unverified: Unverified,
      },
      Closed,
    ),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'an ISO 4217 code such as CNY' }),
    timeZone: Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: 64 })]),
    parameters: Type.Record(Word, ParameterSchema, Closed),
    inputs: Type.Optional(Type.Object({ premises: Inputs, facts: Inputs, interruption: Inputs }, Closed)),
    series: Type.Optional(Type.Record(Word, SeriesSchema, Closed)),
    tables: Type.Optional(Type.Record(Word, TableSchema, Closed)),
    calendars: Type.Optional(Type.Record(Word, CalendarSchema, Closed)),
    definitions: Type.Optional(Type.Record(Word, Expression, Closed)),
    exemptions: Type.Optional(Type.Record(Word, ConditionSchema, Closed)),
    reasons: Type.Record(Word, Words, Closed),
    versionBy: Type.Optional(Type.Enum(['start', 'end', 'assessment'])),
    versions: Type.Array(VersionSchema, { minItems: 1, maxItems: 200 }),
  },
  Closed,
);
