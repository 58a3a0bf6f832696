import { type Static, Type } from 'typebox';
import { InstantText, orNull } from './common.ts';

/** How well this process listens. `running` false: no ingest in this process. */
export const IngestReply = Type.Object({
  running: Type.Boolean(),
  accepting: Type.Boolean(),
  startedAt: orNull(InstantText),
  lastMessageAt: orNull(InstantText),
  accepted: Type.Integer(),
  refused: Type.Record(Type.String(), Type.Integer()),
  journalFull: Type.Boolean(),
  readers: Type.Array(
    Type.Object({
      reader: Type.String(),
      records: Type.Integer(),
      lag_s: Type.Number(),
      error: orNull(Type.String()),
    }),
  ),
  blind: orNull(Type.Object({ from: InstantText, to: InstantText })),
});
export type IngestReply = Static<typeof IngestReply>;
