import { Type } from 'typebox';
import { Id } from './scalars.ts';
import { Closed, Expression, Notes, Unverified, Word, Words } from './scheme-words.ts';

const HoursText = Type.String({
  pattern: '^\\d{1,9}(\\.\\d{1,9})?$',
  description: 'hours as a decimal string',
});
const ConditionSchema = Type.Object({ if: Expression, reason: Word, notes: Notes }, Closed);

/** Which of its three forms it has is the compiler's to judge. */
const StopSchema = Type.Object(
  {
    intervals: Type.Optional(Word),
    daily: Type.Optional(Type.Object({ from: Type.String(), to: Type.String() }, Closed)),
    from: Type.Optional(Expression),
    to: Type.Optional(Expression),
    reason: Word,
    notes: Notes,
  },
  Closed,
);

const ClockSchema = Type.Object(
  {
    start: Type.Optional(Expression),
    end: Type.Optional(Expression),
    stops: Type.Optional(Type.Array(StopSchema, { maxItems: 20 })),
    free_h: Type.Optional(Expression),
    free: Type.Optional(Expression),
  },
  Closed,
);

const MergeSchema = Type.Object(
  {
    gap_h: Type.Optional(
      Type.Object({ below: Type.Optional(HoursText), at_most: Type.Optional(HoursText) }, Closed),
    ),
    same: Type.Optional(Expression),
    between: Type.Enum(['counts', 'does_not_count']),
  },
  Closed,
);

/** Read by itself (`perFaults`). */
const PerSchema = Type.Unknown();

const PayerSchema = Type.Union([
  Word,
  Type.Array(Type.Object({ payer: Word, share: Expression }, Closed), { minItems: 1, maxItems: 10 }),
]);

const RuleSchema = Type.Object(
  {
    id: Id,
    title: Words,
    notes: Notes,
    unverified: Unverified,
    payer: PayerSchema,
    recourse: Type.Optional(Expression),
    payee: Type.Optional(Expression),
    exclude: Type.Optional(Type.Array(Type.Union([Word, ConditionSchema]), { maxItems: 100 })),
    clock: Type.Optional(ClockSchema),
    merge: Type.Optional(MergeSchema),
    per: PerSchema,
    require: Type.Optional(Type.Array(ConditionSchema, { maxItems: 100 })),
    claim: Type.Optional(
      Type.Object({ automatic: Expression, applied: Word, until: Expression, notes: Notes }, Closed),
    ),
    steps: Type.Optional(
      Type.Array(Type.Object({ name: Word, is: Expression, notes: Notes }, Closed), { maxItems: 200 }),
    ),
    amount: Expression,
    round: Type.Object(
      { mode: Type.String(), to: Type.String(), at: Type.Enum(['part', 'rule']), notes: Notes },
      Closed,
    ),
    due: Type.Optional(Expression),
  },
  Closed,
);

const GroupSchema = Type.Object(
  {
    id: Id,
    notes: Notes,
    rules: Type.Array(Id, { minItems: 2, maxItems: 200 }),
    pay: Type.Enum(['first', 'greatest']),
    per: PerSchema,
  },
  Closed,
);

const LimitSchema = Type.Object(
  {
    id: Id,
    notes: Notes,
    rules: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 200 })),
    per: PerSchema,
    most: Expression,
    used: Type.Optional(Expression),
  },
  Closed,
);

/** A rule, and what ties rules together. */
export const ruleSchemas = { ConditionSchema, GroupSchema, LimitSchema, RuleSchema };
