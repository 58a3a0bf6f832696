import type { BatchView } from '../../../contracts/http/payouts.ts';

export type BatchState = 'prepared' | 'exported' | 'done' | 'cancelled';

export function batchState({ cancelledAt, exportedAt, payoutStates }: BatchView): BatchState {
  if (cancelledAt !== null) return 'cancelled';
  if (exportedAt === null) return 'prepared';
  return payoutStates.exported > 0 ? 'exported' : 'done';
}
