import type { Dispatch } from '../../../core/dispatch/dispatch.ts';
import { openDispatch } from '../../../core/dispatch/open.ts';
import { isRefused, type Refusal } from '../../../core/dispatch/refusal.ts';
import { DISPATCH_DEFAULTS, type DispatchRules } from '../../../core/dispatch/settings.ts';

export const T0 = Date.parse('2026-03-29T00:30:00Z');
export const MINUTE = 60_000;
export const minutes = (n: number): number => T0 + n * MINUTE;

export function opened(
  over: { readonly rules?: Partial<DispatchRules>; readonly concernsOwners?: boolean } = {},
): Dispatch {
  return openDispatch(
    { id: 'i1', detectedAt: T0, onset: T0 - 5 * MINUTE },
    {
      id: 'd1',
      site: 's1',
      severity: 'ordinary',
      rules: { ...DISPATCH_DEFAULTS.rules.ordinary, ...over.rules },
      concernsOwners: over.concernsOwners ?? true,
      at: T0,
    },
  );
}

/** For what a test says must succeed. */
export function done(outcome: Dispatch | Refusal): Dispatch {
  if (isRefused(outcome)) throw new Error(outcome.refused);
  return outcome;
}
