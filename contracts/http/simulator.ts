import { type Static, Type } from 'typebox';
import { Id } from './common.ts';

export const SimulatorReply = Type.Object({
  switches: Type.Array(Type.Object({ node: Id, closed: Type.Boolean() })),
});
export type SimulatorReply = Static<typeof SimulatorReply>;

export const SimulatorBody = Type.Object(
  { action: Type.Union([Type.Literal('trip'), Type.Literal('restore')]), node: Id },
  { additionalProperties: false },
);
export type SimulatorBody = Static<typeof SimulatorBody>;
