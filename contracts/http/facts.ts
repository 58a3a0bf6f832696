import { type Static, Type } from 'typebox';
import { CSV_CHARACTERS } from '../premises-import/csv.ts';
import { Id, InstantText, ListOf, orNull, PageQuery } from './common.ts';

const LocalDate = Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' });
const Why = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });
const Subject = Type.String({
  pattern:
    '^(site|(owner|premises|incident)/[A-Za-z0-9._-]{1,64}|incident/[A-Za-z0-9._-]{1,64}/premises/[A-Za-z0-9._-]{1,64})$',
  description: 'site, owner/<person>, premises/<id>, incident/<id> or incident/<id>/premises/<id>',
});
const Name = Type.String({ pattern: '^(decisions\\.)?[A-Za-z][A-Za-z0-9_]{0,63}$' });

/** One fact a scheme may ask for, from a local date on; `value` null takes back what was said for that date. */
export const FactGiven = Type.Object(
  { subject: Subject, name: Name, from: LocalDate, value: Type.Unknown() },
  { additionalProperties: false },
);

export const FactsBody = Type.Object(
  { facts: Type.Array(FactGiven, { minItems: 1, maxItems: 5_000 }), reason: Why },
  { additionalProperties: false },
);

/** Columns `premises`, `incident`, `owner` (any of them, none for the site), `from`, and one per input, by its name or title. */
export const FactsImportBody = Type.Object(
  { csv: Type.String({ minLength: 1, maxLength: CSV_CHARACTERS }), reason: Why },
  { additionalProperties: false },
);

export const FactsQuery = Type.Object({ dryRun: Type.Optional(Type.Boolean()) });

/** `changes`: what differs from what stands, at most the first 200; `changed` counts them all. */
export const FactsReply = Type.Object({
  applied: Type.Boolean(),
  facts: Type.Integer(),
  changed: Type.Integer(),
  changes: Type.Array(
    Type.Object({
      subject: Type.String(),
      name: Type.String(),
      from: Type.String(),
      before: Type.Unknown(),
      after: Type.Unknown(),
    }),
  ),
});
export type FactsReply = Static<typeof FactsReply>;

export const FactLinesQuery = Type.Object({
  ...PageQuery,
  subject: Type.Optional(Subject),
  name: Type.Optional(Name),
});

const FactLineView = ListOf(
  Type.Object({
    id: Type.String(),
    subject: Type.String(),
    name: Type.String(),
    from: Type.String(),
    value: Type.Unknown(),
    reason: Type.String(),
    by: Type.String(),
    at: InstantText,
  }),
);

/** `names`: of the people who told them; `premisesOf`: what each person of an `owner/…` line owns now. */
export const FactLines = Type.Object({
  ...FactLineView.properties,
  names: Type.Record(Type.String(), Type.String()),
  premisesOf: Type.Record(Type.String(), Type.Array(Type.String())),
});
export type FactLines = Static<typeof FactLines>;

/** What no amount can be computed without. */
export const MissingList = ListOf(
  Type.Object({
    incident: Type.String(),
    premises: Type.String(),
    scheme: Type.String(),
    path: Type.String(),
    code: Type.String(),
    /** What the scheme calls it, where it has a title for it. */
    title: orNull(Type.Object({ 'zh-CN': Type.String(), en: Type.String() })),
  }),
);
export type MissingList = Static<typeof MissingList>;

export const AttributionBody = Type.Object(
  {
    /** Only this interruption of the incident. */
    interruption: Type.Optional(Id),
    attribution: Type.Enum(['utility', 'property', 'owner', 'third_party', 'force_majeure', 'unknown']),
    cause: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' })),
    reason: Why,
    evidence: Type.Array(
      Type.Object(
        {
          title: Type.String({ minLength: 1, maxLength: 300, pattern: '\\S' }),
          sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 50 },
    ),
  },
  { additionalProperties: false },
);

export const AttributionView = Type.Object({
  id: Type.String(),
  incident: Type.String(),
  interruption: orNull(Type.String()),
  attribution: Type.String(),
  cause: orNull(Type.String()),
  reason: Type.String(),
  evidence: Type.Array(Type.Object({ title: Type.String(), sha256: orNull(Type.String()) })),
  evidenceHash: Type.String(),
  by: Type.String(),
  at: InstantText,
});
export type AttributionView = Static<typeof AttributionView>;

/** `presumed`: who answers for the incident until somebody says. */
export const AttributionList = Type.Object({
  ...ListOf(AttributionView).properties,
  presumed: Type.String(),
});
