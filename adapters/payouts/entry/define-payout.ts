import type { PayoutMethod } from '../../../core/ports/payout-method.ts';
import { controlTotals } from './control-totals.ts';

/** A file of this folder has one as its default export: adding a way to pay is adding one file. */
export function definePayout(definition: Omit<PayoutMethod, 'controlOf'>): PayoutMethod {
  return { ...definition, controlOf: controlTotals };
}
