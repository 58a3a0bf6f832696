import { type Static, Type } from 'typebox';

export const HealthReply = Type.Object({ status: Type.Literal('alive'), version: Type.String() });

export const ReadyReply = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('not_ready')]),
  checks: Type.Record(Type.String(), Type.Object({ ok: Type.Boolean(), detail: Type.String() })),
});
export type ReadyReply = Static<typeof ReadyReply>;
