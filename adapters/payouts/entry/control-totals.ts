import { createHash } from 'node:crypto';
import { type ControlTotals, controlText, type Payout } from '../../../core/payouts/payout.ts';

export function controlTotals(
  payouts: readonly Pick<Payout, 'id' | 'premises' | 'amount_minor'>[],
): ControlTotals {
  return {
    count: payouts.length,
    sum_minor: payouts.reduce((sum, { amount_minor }) => sum + amount_minor, 0),
    sha256: createHash('sha256').update(controlText(payouts)).digest('hex'),
  };
}
