import Fraction from 'fraction.js';
import { isNegative, numerator } from './decimal.ts';

/** half_*: ties go as named; `up` is away from zero, `down` cuts towards zero, `ceiling` and `floor` follow the number line. */
export const ROUNDING_MODES = [
  'half_up',
  'half_even',
  'half_down',
  'up',
  'down',
  'ceiling',
  'floor',
] as const;

const HALF = new Fraction(1n, 2n);

export type RoundingMode = (typeof ROUNDING_MODES)[number];

export function isRoundingMode(text: unknown): text is RoundingMode {
  return ROUNDING_MODES.some((mode) => mode === text);
}

/** The multiple of `unit` that `value` rounds to. `unit` is positive: `0.01`, `5`, `100`. */
export function roundToUnit(value: Fraction, unit: Fraction, mode: RoundingMode): Fraction {
  return unit.mul(roundToInteger(value.div(unit), mode));
}

export function roundToInteger(value: Fraction, mode: RoundingMode): bigint {
  const below = floorOf(value);
  const rest = value.sub(below);
  if (rest.n === 0n) return below;
  return goesUp(value, below, rest.compare(HALF), mode) ? below + 1n : below;
}

export function floorOf(value: Fraction): bigint {
  const n = numerator(value);
  const quotient = n / value.d;
  return n % value.d < 0n ? quotient - 1n : quotient;
}

export function ceilingOf(value: Fraction): bigint {
  return -floorOf(value.neg());
}

/** `half`: how the part above `below` compares with one half: -1, 0 or 1. */
function goesUp(value: Fraction, below: bigint, half: number, mode: RoundingMode): boolean {
  const positive = !isNegative(value);
  switch (mode) {
    case 'ceiling':
      return true;
    case 'floor':
      return false;
    case 'up':
      return positive;
    case 'down':
      return !positive;
    case 'half_up':
      return half === 0 ? positive : half === 1;
    case 'half_down':
      return half === 0 ? !positive : half === 1;
    case 'half_even':
      return half === 0 ? below % 2n !== 0n : half === 1;
  }
}
