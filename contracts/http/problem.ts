import { type Static, Type } from 'typebox';

/** RFC 9457, media type `application/problem+json`. `code` is stable; docs/errors.md lists every one. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.Optional(Type.String()),
  /** Names the log line of a fault of ours. */
  instance: Type.Optional(Type.String()),
  /** Faults of the request, each with the JSON pointer of the value and what is wrong with it. */
  errors: Type.Optional(
    Type.Array(
      Type.Object({ path: Type.String(), code: Type.String(), message: Type.Optional(Type.String()) }),
    ),
  ),
});
export type Problem = Static<typeof Problem>;
