import { Type } from 'typebox';
import { compileScheme } from '../core/compensation/compile.ts';
import type { Scheme } from '../core/compensation/compiled.ts';
import type { SchemeFile } from '../core/compensation/scheme.ts';
import type { Fault } from '../core/units/fault.ts';
import { Id } from './scalars.ts';
import { compileShape } from './shape-faults.ts';

const Closed = { additionalProperties: false } as const;
const Words = Type.Object(
  { 'zh-CN': Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) },
  Closed,
);
const LocalDate = Type.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' });
const Decimal = Type.String({
  pattern: '^-?\\d{1,30}(\\.\\d{1,18})?( ?%)?$',
  description: 'a decimal string',
});
const Word = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$' });

/** `{"operator": argument}`, a decimal string, a text or a flag; read by the compiler, which knows the operators. */
const Expression = Type.Unknown();

const ParameterSchema = Type.Object(
  {
    type: Type.Enum(['number', 'choice', 'flag']),
    title: Words,
    values: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { maxItems: 100 })),
    default: Type.Optional(Type.Union([Type.String(), Type.Boolean()])),
    min: Type.Optional(Decimal),
    max: Type.Optional(Decimal),
    unverified: Type.Optional(Type.String({ minLength: 1 })),
  },
  Closed,
);

const RuleSchema = Type.Object(
  {
    id: Id,
    title: Words,
    payer: Word,
    exclude: Type.Array(Type.Object({ if: Expression, reason: Word }, Closed), { maxItems: 100 }),
    clock: Type.Object({ free_h: Expression, free: Expression }, Closed),
    per: Type.Enum(['month', 'interruption', 'case']),
    steps: Type.Array(Type.Object({ name: Word, is: Expression }, Closed), { maxItems: 200 }),
    amount: Expression,
    round: Type.Object({ mode: Type.String(), to: Type.String(), at: Type.Enum(['part', 'rule']) }, Closed),
    due: Type.Union([Type.Null(), Type.Object({ days: Expression }, Closed)]),
    payee: Expression,
  },
  Closed,
);

/** A compensation scheme file (`schemes/*.json`). */
export const SchemeSchema = Type.Object(
  {
    id: Id,
    title: Words,
    source: Type.Object(
      {
        title: Type.String({ minLength: 1 }),
        reference: Type.String({ minLength: 1 }),
        unverified: Type.Optional(Type.String({ minLength: 1 })),
      },
      Closed,
    ),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217 code' }),
    timeZone: Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: 64 })]),
    parameters: Type.Record(Word, ParameterSchema, Closed),
    reasons: Type.Record(Word, Words, Closed),
    versions: Type.Array(
      Type.Object(
        {
          from: LocalDate,
          to: Type.Union([Type.Null(), LocalDate]),
          rules: Type.Array(RuleSchema, { minItems: 1, maxItems: 200 }),
        },
        Closed,
      ),
      { minItems: 1, maxItems: 200 },
    ),
  },
  Closed,
);

const shape = compileShape(SchemeSchema);

export type ReadScheme =
  | { readonly ok: true; readonly scheme: Scheme }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** A scheme ready to assess by, or every fault of the file with its path. Nothing is half read. */
export function readScheme(json: unknown): ReadScheme {
  if (!shape.is(json)) return { ok: false, faults: shape.faults(json, '') };
  // TypeBox says `default?: T | undefined` is absent; the file came from JSON, where nothing is undefined.
  const file: SchemeFile = JSON.parse(JSON.stringify(json));
  return compileScheme(file);
}
