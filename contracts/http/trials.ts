import { type Static, Type } from 'typebox';
import type { TrialNews } from '../../core/ports/trials.ts';
import type { TrialIncident, TrialPair } from '../../core/trials/trial.ts';
import { toIso } from '../../core/units/time.ts';
import { Id, InstantText, orNull } from './common.ts';

/** The changed site file whole, or what changes in the present one's `detection`; without people either way. */
export const TrialBody = Type.Object(
  {
    site: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    detection: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    from: Type.Optional(InstantText),
    to: Type.Optional(InstantText),
  },
  { additionalProperties: false },
);
export type TrialBody = Static<typeof TrialBody>;

export const TrialParams = Type.Object({ site: Id, trial: Id });

/** A key that is not known changes nothing: `warnings` names it. */
export const TrialAccepted = Type.Object({
  trial: Id,
  warnings: Type.Array(Type.Object({ path: Type.String(), code: Type.String(), message: Type.String() })),
});

const Count = Type.Integer({ minimum: 0 });

/** `smsParts`: what a provider of SMS would bill if all went by SMS. */
const NoticeCost = Type.Object({ owner: Count, staff: Count, smsParts: Count });

const Side = Type.Object({
  incidents: Count,
  outages: Count,
  interruptions: Count,
  minutes: Count,
  passedOver: Count,
  notices: NoticeCost,
});

const Incident = Type.Object({
  kind: Type.String(),
  root: Type.String(),
  phases: Type.String(),
  state: Type.String(),
  onset: InstantText,
  restoredAt: orNull(InstantText),
  units: Count,
  notices: NoticeCost,
});

const Pair = Type.Object({
  verdict: Type.Union([
    Type.Literal('same'),
    Type.Literal('changed'),
    Type.Literal('only_before'),
    Type.Literal('only_after'),
  ]),
  before: orNull(Incident),
  after: orNull(Incident),
  differs: Type.Array(Type.String()),
});

export const TrialView = Type.Object({
  id: Id,
  state: Type.Union([Type.Literal('running'), Type.Literal('done'), Type.Literal('failed')]),
  from: InstantText,
  until: InstantText,
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  result: orNull(Type.Object({ before: Side, after: Side, incidents: Type.Array(Pair), omitted: Count })),
  failure: orNull(Type.Union([Type.Literal('too_long'), Type.Literal('too_large'), Type.Literal('broken')])),
});
export type TrialView = Static<typeof TrialView>;

export function toTrialJson({ id, state, from, until, progress, result, failure }: TrialNews): TrialView {
  return {
    id,
    state,
    from: toIso(from),
    until: toIso(until),
    progress,
    result:
      result === null
        ? null
        : {
            before: { ...result.before, notices: { ...result.before.notices } },
            after: { ...result.after, notices: { ...result.after.notices } },
            incidents: result.incidents.map(toPairJson),
            omitted: result.omitted,
          },
    failure,
  };
}

function toPairJson({ verdict, before, after, differs }: TrialPair): Static<typeof Pair> {
  return { verdict, before: toBrief(before), after: toBrief(after), differs: [...differs] };
}

function toBrief(incident: TrialIncident | null): Static<typeof Incident> | null {
  if (incident === null) return null;
  const { onset, restoredAt, notices, ...rest } = incident;
  return {
    ...rest,
    onset: toIso(onset),
    restoredAt: restoredAt === null ? null : toIso(restoredAt),
    notices: { ...notices },
  };
}
