import { type Static, Type } from 'typebox';
import { INCIDENT_CAUSES } from '../core/incidents/cause.ts';
import type { Incident } from '../core/incidents/incident.ts';
import { ATTRIBUTIONS } from '../core/interruptions/attributed.ts';
import type { Interruption } from '../core/interruptions/interruption.ts';
import type { Notice } from '../core/notices/notice.ts';
import { type Instant, toIso } from '../core/units/time.ts';
import { Id, InstantText, Nullable, PhasesText } from './scalars.ts';

/** An incident as every file, API answer and live event shows it (DESIGN 4.3). */
export const IncidentSchema = Type.Object(
  {
    id: Type.String({ description: 'i1, i2 … in replay; UUIDv7 live' }),
    kind: Type.Enum(['outage', 'partial', 'communication', 'safety', 'customer']),
    planned: Nullable(Type.String()),
    root: Type.String({ description: 'node; of a communication incident a gateway, or "site"' }),
    rootSide: Nullable(Type.Enum(['in', 'out'])),
    candidates: Type.Array(Type.String()),
    phases: PhasesText,
    state: Type.Enum(['open', 'restored', 'merged', 'retracted']),
    mergedInto: Nullable(Type.String()),
    nestedOf: Nullable(Type.String()),
    onset: InstantText,
    onsetEarliest: InstantText,
    detectedAt: InstantText,
    restoredAt: Nullable(InstantText),
    closedAt: Nullable(InstantText),
    cause: Type.Optional(Type.Enum([...INCIDENT_CAUSES])),
    eta: Type.Optional(InstantText),
    overrunOf: Type.Optional(Type.String({ description: 'planned window whose announced end has passed' })),
    momentary: Type.Boolean(),
    flaps: Type.Integer({ minimum: 0 }),
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
    explanation: Type.Object({ 'zh-CN': Type.String(), en: Type.String() }),
    affected: Type.Array(
      Type.Object({
        node: Id,
        phases: PhasesText,
        from: InstantText,
        to: Nullable(InstantText),
        basis: Type.Enum(['confirmed', 'inferred', 'unknown']),
      }),
    ),
    timeline: Type.Array(
      Type.Object({
        at: InstantText,
        event: Type.Enum([
          'opened',
          'moved',
          'merged',
          'split',
          'affected_changed',
          'unit_restored',
          'reclassified',
          'flapped',
          'acknowledged',
          'amended',
          'outlook',
          'restored',
          'reopened',
          'retracted',
          'closed',
        ]),
        reason: Type.String(),
      }),
    ),
  },
  { $id: 'Incident' },
);

/** One premises, or one unit without premises, without supply: exactly one of `premises` and `node` is there. */
export const InterruptionSchema = Type.Object(
  {
    premises: Type.Optional(Id),
    node: Type.Optional(Id),
    phases: PhasesText,
    from: InstantText,
    to: Nullable(InstantText),
    momentary: Type.Boolean(),
    operations: Type.Integer({ minimum: 1 }),
    planned: Nullable(Type.String()),
    causes: Type.Array(
      Type.Object({
        incident: Type.String(),
        from: InstantText,
        to: Nullable(InstantText),
        attribution: Type.Optional(Type.Enum([...ATTRIBUTIONS])),
        cause: Type.Optional(Type.String()),
        evidenceHash: Type.Optional(Type.String()),
      }),
    ),
  },
  { $id: 'Interruption' },
);

/** A message owed; who the recipient is never stands in it. */
export const NoticeSchema = Type.Object(
  {
    incident: Type.String(),
    stage: Type.Enum([
      'lost',
      'changed',
      'restored',
      'estimate',
      'link_lost',
      'link_restored',
      'danger',
      'opened',
      'closed',
      'credited',
      'feedback',
    ]),
    revision: Type.Integer({ minimum: 0 }),
    audience: Type.Enum(['owner', 'staff']),
    premises: Type.Array(Id),
    at: InstantText,
  },
  { $id: 'Notice' },
);

export type IncidentJson = Static<typeof IncidentSchema>;
export type InterruptionJson = Static<typeof InterruptionSchema>;
export type NoticeJson = Static<typeof NoticeSchema>;

export function toIncidentJson(incident: Incident): IncidentJson {
  const { id, kind, planned, root, rootSide, phases, state, mergedInto, nestedOf } = incident;
  return {
    id,
    kind,
    planned,
    root,
    rootSide,
    candidates: [...incident.candidates],
    phases,
    state,
    mergedInto,
    nestedOf,
    onset: toIso(incident.onset),
    onsetEarliest: toIso(incident.onsetEarliest),
    detectedAt: toIso(incident.detectedAt),
    restoredAt: isoOrNull(incident.restoredAt),
    closedAt: isoOrNull(incident.closedAt),
    ...(incident.cause === undefined ? {} : { cause: incident.cause }),
    ...(incident.eta === undefined ? {} : { eta: toIso(incident.eta) }),
    ...(incident.overrunOf === undefined ? {} : { overrunOf: incident.overrunOf }),
    momentary: incident.momentary,
    flaps: incident.flaps,
    confidence: incident.confidence,
    explanation: { 'zh-CN': incident.explanation['zh-CN'], en: incident.explanation.en },
    affected: incident.affected.map((unit) => ({
      node: unit.node,
      phases: unit.phases,
      from: toIso(unit.from),
      to: isoOrNull(unit.to),
      basis: unit.basis,
    })),
    timeline: incident.timeline.map(({ at, event, reason }) => ({ at: toIso(at), event, reason })),
  };
}

export function toInterruptionJson(interruption: Interruption): InterruptionJson {
  const { premises, node, phases, momentary, operations, planned } = interruption;
  return {
    ...(premises === null ? { node } : { premises }),
    phases,
    from: toIso(interruption.from),
    to: isoOrNull(interruption.to),
    momentary,
    operations,
    planned,
    causes: interruption.causes.map((cause) => ({
      ...cause,
      from: toIso(cause.from),
      to: isoOrNull(cause.to),
    })),
  };
}

export function toNoticeJson({ incident, stage, revision, audience, premises, at }: Notice): NoticeJson {
  return { incident, stage, revision, audience, premises: [...premises], at: toIso(at) };
}

function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : toIso(at);
}
