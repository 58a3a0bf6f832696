import type { Incident } from '../incidents/incident.ts';
import type { Estimate } from '../ports/estimate-store.ts';
import type { DeliveryState, OwnerMessage } from '../ports/outbox.ts';
import type { Instant } from '../units/time.ts';
import type { Owed } from './notice.ts';

/** People are asked how it went after they have had power for this long. */
const FEEDBACK_AFTER_MS = 3_600_000;

/** A running amount is told after this much of the promised two hours. */
const FIRST_ESTIMATE_MS = 90 * 60_000;

type Aftercare = Owed<'estimate' | 'feedback' | 'credited'>;

/** The unit an incident lists, by the premises it supplies. */
export type PremisesOf = (node: string) => string | undefined;

/**
 * `feedback` to everybody who was told of the outage and had it, once per person and incident, due an hour after the end.
 * `messages`: all that owners were sent about it.
 */
export function feedbackOwed(
  incident: Incident,
  premisesOf: PremisesOf,
  messages: readonly OwnerMessage[],
): readonly Aftercare[] {
  const { closedAt } = incident;
  if (closedAt === null || incident.state !== 'restored' || incident.planned !== null) return [];
  const at = closedAt + FEEDBACK_AFTER_MS;
  // A second ending asks those whose first question never left.
  const revision = 1 + incident.timeline.filter(({ event }) => event === 'reopened').length;
  return toldOf(incident, premisesOf, messages, 'feedback').map(({ recipient, premises }) => {
    return { incident: incident.id, stage: 'feedback', revision, audience: 'owner', recipient, premises, at };
  });
}

/**
 * `estimate` to everybody who was told of the outage, once: when it is over, or has lasted so long that the two hours within
 * which people are promised a first amount are nearly up; and only where there is one.
 */
export function estimateOwed(
  incident: Incident,
  premisesOf: PremisesOf,
  messages: readonly OwnerMessage[],
  estimates: readonly Estimate[],
  at: Instant,
): readonly Aftercare[] {
  if (incident.state === 'retracted' || incident.state === 'merged' || incident.planned !== null) return [];
  const lasted = at >= incident.onset + FIRST_ESTIMATE_MS;
  const counted = new Set(
    estimates.flatMap(({ premises, amount_minor, refused, state }) =>
      refused === null && amount_minor > 0 && (state === 'final' || lasted) ? [premises] : [],
    ),
  );
  return toldOf(incident, premisesOf, messages, 'estimate').flatMap(({ recipient, premises }) => {
    const own = premises.filter((id) => counted.has(id));
    if (own.length === 0) return [];
    const about = { incident: incident.id, stage: 'estimate', revision: 1, audience: 'owner' } as const;
    return [{ ...about, recipient, premises: own, at }];
  });
}

/** One payment for an incident, as it reached people. */
export interface Crediting {
  readonly incident: string;
  /** Counts the payments of the incident, from 1: the same payment again owes nothing twice. */
  readonly payment: number;
  /** Premises by the person who was paid for them, one entry a person. */
  readonly people: ReadonlyMap<string, readonly string[]>;
}

/** `credited` for a payment: one message a person, however many premises it was for. */
export function creditedOwed({ incident, payment, people }: Crediting, at: Instant): readonly Aftercare[] {
  return [...people].map(([recipient, premises]) => ({
    incident,
    stage: 'credited',
    revision: payment,
    audience: 'owner',
    recipient,
    premises: [...new Set(premises)].sort(),
    at,
  }));
}

const NEVER_READ: ReadonlySet<DeliveryState> = new Set(['superseded', 'failed', 'undelivered', 'blocked']);

interface ToldPerson {
  readonly recipient: string;
  readonly premises: readonly string[];
}

/** Who was told `lost` and whose premises the incident still lists, without those who had a message of `stage`. */
function toldOf(
  incident: Incident,
  premisesOf: PremisesOf,
  messages: readonly OwnerMessage[],
  stage: Aftercare['stage'],
): readonly ToldPerson[] {
  const hit = new Set(incident.affected.map(({ node }) => premisesOf(node)));
  const had = new Set(
    messages.flatMap((one) => (one.stage === stage && one.state !== 'superseded' ? [one.recipient] : [])),
  );
  const told = new Map<string, Set<string>>();
  for (const { recipient, stage: said, state, premises } of messages) {
    if (said !== 'lost' || NEVER_READ.has(state) || had.has(recipient)) continue;
    const own = told.get(recipient) ?? new Set();
    for (const id of premises) if (hit.has(id)) own.add(id);
    told.set(recipient, own);
  }
  return [...told].flatMap(([recipient, own]) =>
    own.size === 0 ? [] : [{ recipient, premises: [...own].sort() }],
  );
}
