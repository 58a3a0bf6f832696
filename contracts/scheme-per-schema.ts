import { Type } from 'typebox';
import type { Fault } from '../core/units/fault.ts';
import { Closed, Expression } from './scheme-words.ts';
import { compileShape, type Shape } from './shape-faults.ts';

const MonthDay = Type.Optional(
  Type.String({ pattern: '^(0[1-9]|1[0-2])-(0[1-9]|1\\d|2[0-8])$', description: 'MM-DD, up to the 28th' }),
);
const PeriodName = Type.Enum(['day', 'month', 'quarter', 'half_year', 'year']);

const Cut = Type.Object(
  { period: PeriodName, starting: MonthDay, by: Type.Enum(['time', 'start', 'end']) },
  Closed,
);
const Windows = Type.Object(
  {
    window: Type.Object(
      {
        months: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_200 })),
        days: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_600 })),
        year_starting: MonthDay,
      },
      Closed,
    ),
    pays: Type.Enum(['every', 'increase', 'then_reset']),
  },
  Closed,
);
const Grouped = Type.Object({ group: Expression }, Closed);
const Periods = Type.Object({ period: PeriodName, starting: MonthDay }, Closed);
const Buckets = Type.Object(
  { period: PeriodName, starting: MonthDay, apportion: Type.Optional(Type.Enum(['start', 'hours'])) },
  Closed,
);

interface Choice {
  readonly words: readonly string[];
  /** By the key that tells the form meant. */
  readonly forms: Readonly<Record<string, Shape<unknown>>>;
  readonly written: string;
}

/** What `per` may be, of a rule, a group and a limit. The form meant is told by its key, so that only its own faults are listed. */
const PER = {
  rule: {
    words: ['interruption', 'case', 'once', 'month'],
    forms: { period: compileShape(Cut), window: compileShape(Windows), group: compileShape(Grouped) },
    written: '{period, starting?, by}, {window, pays} or {group}',
  },
  group: {
    words: ['interruption', 'case'],
    forms: { period: compileShape(Periods) },
    written: '{period, starting?}',
  },
  limit: {
    words: ['interruption', 'case'],
    forms: { period: compileShape(Buckets) },
    written: '{period, starting?, apportion?}',
  },
} satisfies Record<string, Choice>;

export function perFaults(per: unknown, of: keyof typeof PER, path: string): readonly Fault[] {
  const { words, forms, written }: Choice = PER[of];
  if (typeof per === 'string' && words.includes(per)) return [];
  const form =
    typeof per === 'object' && per !== null
      ? Object.entries(forms).find(([key]) => key in per)?.[1]
      : undefined;
  if (form !== undefined) return form.faults(per, path);
  return [{ path, code: 'not_allowed', message: `must be one of ${words.join(', ')}, or ${written}` }];
}
