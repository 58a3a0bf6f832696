import type { MessageCaps } from '../core/notices/message-caps.ts';

/** Every bound of the sender; the defaults are those of {@link ALERTING_LIMITS}. */
export interface AlertingLimits extends MessageCaps {
  /** Deliveries claimed and not yet recorded, at most. */
  readonly batch: number;
  /** Messages at the provider at the same time. */
  readonly concurrency: number;
  /** Messages a second to one provider. */
  readonly rate_per_s: number;
  /** How long one hand-over may take. */
  readonly sendTimeout_ms: number;
  /** How often deliveries are looked for without a nudge. */
  readonly poll_ms: number;
  /** A claim older than this is taken over by whoever looks first. */
  readonly claim_ms: number;
  /** Hand-overs tried before a delivery is given up as failed. */
  readonly attempts: number;
  readonly backoff_ms: number;
  readonly backoffMax_ms: number;
  /** When an open hand-over is looked up at the provider, counted from taking it over; after the last it is `unknown`. */
  readonly lookups_ms: readonly number[];
  /** How often next channels that are due are looked for. */
  readonly fallback_ms: number;
}

export const ALERTING_LIMITS: AlertingLimits = {
  batch: 200,
  concurrency: 16,
  rate_per_s: 50,
  sendTimeout_ms: 15_000,
  poll_ms: 1_000,
  claim_ms: 60_000,
  attempts: 8,
  backoff_ms: 2_000,
  backoffMax_ms: 300_000,
  lookups_ms: [0, 5_000, 15_000],
  fallback_ms: 2_000,
  segmentsPerHour: 20_000,
  segmentsPerDay: 60_000,
  segmentsPerIncident: 20_000,
  perOwnerPerDay: 50,
  fleetShare_percent: 50,
  fleetIncidents: 10,
};

/** A hand-over takes up to a quarter of a second, so a rate needs a quarter of itself under way; and a second's worth claimed. */
export function limitsFor(rate_per_s: number): Partial<AlertingLimits> {
  return {
    rate_per_s,
    concurrency: Math.max(ALERTING_LIMITS.concurrency, Math.ceil(rate_per_s / 4)),
    batch: Math.max(ALERTING_LIMITS.batch, Math.ceil(rate_per_s * 2)),
  };
}
