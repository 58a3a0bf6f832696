import type { DeliveryState } from '../ports/outbox.ts';
import type { Instant } from '../units/time.ts';
import type { PlannedOutage } from './outage.ts';

const HOUR_MS = 3_600_000;

/** A message about the plan, as far as its proof goes. */
export interface PlanMessage {
  readonly stage: string;
  readonly premises: readonly string[];
  readonly owedAt: Instant;
  readonly state: DeliveryState;
  /** When the provider took it. */
  readonly sentAt: Instant | null;
  /** When its receipt came. */
  readonly settledAt: Instant | null;
}

/** kept: proven in time. open: there is still time. late: proven too late. missing: nobody there was reached. */
export type Kept = 'kept' | 'open' | 'late' | 'missing';

export interface PremisesCompliance {
  readonly premises: string;
  readonly periods: readonly {
    readonly hours: number;
    readonly due: Instant;
    readonly kept: Kept;
    /** The first notice of this window that reached somebody there. */
    readonly noticeAt: Instant | null;
    /** A receipt proves it; otherwise only that the provider took it. */
    readonly receipt: boolean;
  }[];
}

/** For each premises, whether notice of the window as it now stands came in time. */
export function complianceOf(
  plan: PlannedOutage,
  premises: readonly string[],
  messages: readonly PlanMessage[],
  now: Instant,
): readonly PremisesCompliance[] {
  const first = new Map<string, { at: Instant; receipt: boolean }>();
  for (const message of messages) {
    if (message.stage !== 'planned_ahead' && message.stage !== 'planned_changed') continue;
    if (message.owedAt < plan.windowSince) continue;
    const reached = reachedAt(message);
    if (reached === null) continue;
    for (const id of message.premises) {
      const known = first.get(id);
      if (known === undefined || reached.at < known.at) first.set(id, reached);
    }
  }
  return premises.map((id) => ({
    premises: id,
    periods: plan.rules.required_h.map((hours) => {
      const due = plan.from - hours * HOUR_MS;
      const found = first.get(id) ?? null;
      const kept = found === null ? (now <= due ? 'open' : 'missing') : found.at <= due ? 'kept' : 'late';
      return { hours, due, kept, noticeAt: found?.at ?? null, receipt: found?.receipt ?? false };
    }),
  }));
}

function reachedAt({ state, sentAt, settledAt }: PlanMessage): { at: Instant; receipt: boolean } | null {
  if (state === 'delivered') {
    const at = settledAt ?? sentAt;
    return at === null ? null : { at, receipt: true };
  }
  return state === 'sent' && sentAt !== null ? { at: sentAt, receipt: false } : null;
}
