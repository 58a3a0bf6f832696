import type { MessageStage } from './notice.ts';

const MINUTE_MS = 60_000;

/** How long a receipt may stay away before the next channel is tried. What is not named here can wait to be read. */
const WAITS_MS: Readonly<Partial<Record<MessageStage, number>>> = {
  danger: 2 * MINUTE_MS,
  offer: 3 * MINUTE_MS,
  dispatch_escalation: 5 * MINUTE_MS,
  on_site_escalation: 5 * MINUTE_MS,
  lost: 10 * MINUTE_MS,
  restored: 60 * MINUTE_MS,
};

/** Null: silence is no reason for another message. */
export function fallbackWait_ms(stage: MessageStage): number | null {
  return WAITS_MS[stage] ?? null;
}
