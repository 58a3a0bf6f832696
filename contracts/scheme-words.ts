import { Type } from 'typebox';

/** The small parts scheme files are made of. */
export const Closed = { additionalProperties: false } as const;

export const Words = Type.Object(
  { 'zh-CN': Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) },
  Closed,
);
export const LocalDate = Type.String({
  pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$',
  description: 'a date YYYY-MM-DD',
});
export const Decimal = Type.String({
  pattern: '^-?\\d{1,30}(\\.\\d{1,18})?( ?%)?$',
  description: 'a decimal string',
});
export const Word = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$' });

/** JSON has no comments: what its author wants to say to the next reader. */
export const Notes = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]));

/** Shown next to every amount that rests on it. */
export const Unverified = Type.Optional(Type.String({ minLength: 1 }));

/** `{"operator": argument}`, a decimal string, a text or a flag; read by the compiler, which knows the operators. */
export const Expression = Type.Unknown();
