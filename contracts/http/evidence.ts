import { type Static, Type } from 'typebox';
import { Id, InstantText, orNull } from './common.ts';

/** An incident with what led to it, or a span; without either the last day. */
export const EvidenceQuery = Type.Object({
  incident: Type.Optional(Id),
  from: Type.Optional(InstantText),
  to: Type.Optional(InstantText),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
});
export type EvidenceQuery = Static<typeof EvidenceQuery>;

/**
 * Lines for `relight replay --events`, in order, whole hours a page. `from` is where they begin, `until` goes with
 * `--until`; a site saved after `from` is not quite the one that was watched.
 */
export const EvidencePage = Type.Object({
  from: InstantText,
  until: InstantText,
  siteSavedAt: InstantText,
  items: Type.Array(Type.Object({ at: InstantText }, { additionalProperties: true })),
  next: orNull(Type.String()),
});
export type EvidencePage = Static<typeof EvidencePage>;
