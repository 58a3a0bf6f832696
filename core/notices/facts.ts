import type { Severity } from '../dispatch/settings.ts';
import type { IncidentCause } from '../incidents/cause.ts';
import type { IncidentKind } from '../incidents/incident.ts';
import type { MoneyText } from '../units/money.ts';
import type { Instant } from '../units/time.ts';
import type { DispatchStage, NoticeStage } from './notice.ts';

export type Language = 'zh-CN' | 'en';

/** Where the fault lies, as far as an owner need know. */
export type CauseWording = 'planned' | 'overrun' | 'phase_missing' | 'property_supply' | IncidentCause;

/** All that a message body is made of; whatever is not here cannot be in a message. */
export interface NoticeFacts {
  readonly stage: NoticeStage | DispatchStage;
  readonly audience: 'owner' | 'staff';
  readonly language: Language;
  readonly revision: number;
  /** Short enough to say on the telephone; see {@link incidentNumber}. */
  readonly number: string;
  readonly siteName: string;
  readonly timeZone: string;
  /** The property's telephone. */
  readonly phone: string | null;
  /** Fed by a simulator: the body says so. */
  readonly simulated: boolean;
  /** The building all these premises share; null when they share none. */
  readonly building: string | null;
  readonly premises: readonly string[];
  /** False when the incident, as it now stands, does not touch any of these premises. */
  readonly stillAffected: boolean;
  readonly kind: IncidentKind;
  readonly cause: CauseWording;
  /** Phases lost, for a partial outage. */
  readonly phases: string;
  /** Name of the failed device or gateway, for staff. */
  readonly root: string;
  readonly unitsAffected: number;
  readonly unitsDark: number;
  readonly onset: Instant;
  readonly restoredAt: Instant | null;
  readonly explanation: string;
  readonly estimate: NoticeEstimate | null;
  /** When supply is expected to be back; absent while nobody has said. */
  readonly eta?: Instant;
  /** What was credited; only in messages about it. */
  readonly credit?: MoneyText;
  /** The person's own page. */
  readonly link?: string;
  /** Only in messages about a dispatch. */
  readonly dispatch: DispatchFacts | null;
}

export interface DispatchFacts {
  readonly severity: Severity;
  /** Name of the engineer it is in the hands of. */
  readonly engineer: string | null;
  /** When the clock of the message runs out; null while it rests. */
  readonly dueAt: Instant | null;
  /** To answer with. */
  readonly code: string | null;
  readonly link: string | null;
}

export interface NoticeEstimate {
  readonly amount: MoneyText;
  readonly minutes: number;
  readonly final: boolean;
}

/**
 * The number people see: replay's `i12` stays, a long id is cut to its last eight characters (32 random bits of a UUIDv7
 * live), which also tells apart the messages a provider's list is searched for.
 */
export function incidentNumber(id: string): string {
  return id.length <= 8 ? id : id.slice(-8).toUpperCase();
}
