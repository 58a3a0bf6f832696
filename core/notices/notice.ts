import type { ClockName } from '../dispatch/clock-name.ts';
import type { Instant } from '../units/time.ts';

export type NoticeStage =
  | 'lost'
  | 'changed'
  | 'restored'
  | 'estimate'
  | 'link_lost'
  | 'link_restored'
  | 'danger'
  | 'opened'
  | 'closed'
  | 'credited'
  | 'feedback';

/** What people are told about a planned outage. */
export type PlannedStage =
  | 'planned_ahead'
  | 'planned_start'
  | 'planned_changed'
  | 'planned_cancelled'
  | 'planned_end';

/** What the duty desk hears from owners. */
export type ReportStage = 'still_dark';

/** A clock of the dispatch is near its limit, or beyond it. */
export type ClockStage = `${ClockName}_${'warning' | 'escalation'}`;

/** What an engineer is asked and told. */
export type DispatchStage = 'offer' | 'stand_down' | 'go_back' | ClockStage;

/** message: a person wrote it. held: messages wait for a person's word. Their texts are not made of an incident's facts. */
export type HandStage = 'message' | 'held';

/** What templates have a text for from an incident's facts. */
export type TemplateStage = NoticeStage | DispatchStage;

export type MessageStage = TemplateStage | HandStage | PlannedStage | ReportStage;

/** A message owed to somebody, before anyone chose a channel: one per recipient, stage and revision. */
export interface Owed<Stage extends MessageStage> {
  /** The subject: an incident, a planned outage or a report. */
  readonly incident: string;
  readonly stage: Stage;
  /** Counts what the person must learn anew; a newer one supersedes an unsent older one. */
  readonly revision: number;
  readonly audience: 'owner' | 'staff';
  /** Person key: the phone for an owner, `staff` for the duty desk of the site. Never printed by replay. */
  readonly recipient: string;
  readonly premises: readonly string[];
  readonly at: Instant;
}

/** What `core/notices` computes from an incident and replay prints, with all premises of the person. */
export type Notice = Owed<NoticeStage>;

export const INCIDENT_STAGES: ReadonlySet<MessageStage> = new Set([
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
] satisfies NoticeStage[]);

export function isHandStage(stage: MessageStage): stage is HandStage {
  return stage === 'message' || stage === 'held';
}

const PLANNED_STAGES: ReadonlySet<string> = new Set([
  'planned_ahead',
  'planned_start',
  'planned_changed',
  'planned_cancelled',
  'planned_end',
] satisfies PlannedStage[]);

export function isPlannedStage(stage: MessageStage): stage is PlannedStage {
  return PLANNED_STAGES.has(stage);
}

export function isTemplateStage(stage: MessageStage): stage is TemplateStage {
  return !isHandStage(stage) && !isPlannedStage(stage) && stage !== 'still_dark';
}

export function isIncidentStage(stage: MessageStage): stage is NoticeStage {
  return INCIDENT_STAGES.has(stage);
}
