import { Type } from 'typebox';

/** Ids of everything in a site file (DESIGN 4). */
export const Id = Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' });

export const Name = Type.String({ maxLength: 200 });

/** RFC 3339 UTC with milliseconds: the only form in which we write instants. */
export const InstantText = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
  description: 'RFC 3339, UTC, milliseconds',
});

export const PhasesText = Type.Enum(['A', 'B', 'C', 'AB', 'AC', 'BC', 'ABC']);

export const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);
