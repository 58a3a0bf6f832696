import type { PhaseMask } from '../units/phases.ts';
import type { Fields } from './message.ts';

const PHASES = [
  ['a', 1],
  ['b', 2],
  ['c', 4],
] as const;

/** Above this share of nominal a phase is certainly connected. */
const CONNECTED = 0.5;
/** Below this share an input may be open: it floats on a few volts. */
const OPEN = 0.1;

/**
 * Takes out the phases of a three-phase meter that nothing was ever connected to. Such an input reads 0 V for ever, which
 * would look like a lost phase; a phase that has once been seen alive is reported at 0 V, because then it is one.
 */
export function dropUnusedPhases(
  fields: Fields,
  seen: PhaseMask,
  nominal_v: number,
): { readonly fields: Fields; readonly seen: PhaseMask } {
  const kept: Record<string, number> = { ...fields };
  let now = seen;
  for (const [phase, bit] of PHASES) {
    const voltage = fields[`voltage_${phase}`];
    if (voltage === undefined) continue;
    if (voltage > nominal_v * CONNECTED) now |= bit;
    if ((now & bit) !== 0 || voltage >= nominal_v * OPEN) continue;
    for (const quantity of ['voltage', 'current', 'power']) delete kept[`${quantity}_${phase}`];
  }
  return { fields: kept, seen: now };
}
