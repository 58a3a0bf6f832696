import type { ClockName } from '../dispatch/clock-name.ts';
import type { ClockStage } from './notice.ts';

/** Which clock a message speaks of, and whether it is beyond its limit. */
export function clockOf(stage: ClockStage): { readonly clock: ClockName; readonly late: boolean } {
  const late = stage.endsWith('_escalation');
  // A stage is the name of a clock with one of two endings.
  const clock = stage.slice(0, -(late ? '_escalation' : '_warning').length) as ClockName;
  return { clock, late };
}
