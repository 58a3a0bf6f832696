import type { Fields } from '../readings/message.ts';
import type { PhaseMask } from '../units/phases.ts';

/** Shares of nominal phase voltage. Below 10 % is an interruption (IEEE 1159); supply counts as live from 85 %. */
const DEAD = 0.1;
const COLLAPSED = 0.5;
const LIVE = 0.85;
const OVER = 1.15;
/** An unused input of a three-phase meter reads nothing at all; a lost phase carries some induced voltage. */
const UNUSED = 0.02;
/** Two phases at half voltage and one whole: an open phase on the high side of a Dyn transformer. */
const HALF_LOW = 0.35;
const HALF_HIGH = 0.65;

export interface VoltagePicture {
  readonly measured: PhaseMask;
  readonly live: PhaseMask;
  readonly dead: PhaseMask;
  /** 10-50 %: a lost phase when another one is live, held up by motors and delta loads. */
  readonly collapsed: PhaseMask;
  readonly unused: PhaseMask;
  /** Ever above half: this input is wired. */
  readonly wired: PhaseMask;
  readonly pattern: 'none' | 'open_high_side_phase' | 'broken_neutral';
  /** With a pattern: the phases that are off. */
  readonly off: PhaseMask;
}

const PHASE_FIELDS = ['voltage_a', 'voltage_b', 'voltage_c'] as const;
const LINE_FIELDS = ['voltage_ab', 'voltage_bc', 'voltage_ca'] as const;

/** Sorts the phase voltages of one reading; null when it has none. `nominal_v` is phase to neutral. */
export function pictureOf(fields: Fields, phases: PhaseMask, nominal_v: number): VoltagePicture | null {
  const single = fields.voltage;
  const shares: (number | null)[] = PHASE_FIELDS.map((field, i) => {
    const volts = fields[field] ?? (single !== undefined && (phases >> i) & 1 ? single : undefined);
    return volts === undefined || ((phases >> i) & 1) === 0 ? null : volts / nominal_v;
  });
  const mask = (test: (share: number) => boolean): PhaseMask =>
    shares.reduce<number>((sum, share, i) => (share !== null && test(share) ? sum | (1 << i) : sum), 0);
  const measured = mask(() => true);
  if (measured === 0) return null;
  const pattern = patternOf(shares, fields, nominal_v);
  return {
    measured,
    live: mask((share) => share >= LIVE),
    dead: mask((share) => share < DEAD),
    collapsed: mask((share) => share >= DEAD && share < COLLAPSED),
    unused: mask((share) => share < UNUSED),
    wired: mask((share) => share > COLLAPSED),
    pattern,
    off: pattern === 'none' ? 0 : mask((share) => share < LIVE || share > OVER),
  };
}

function patternOf(
  shares: readonly (number | null)[],
  fields: Fields,
  nominal_v: number,
): VoltagePicture['pattern'] {
  const all = shares.filter((share) => share !== null);
  if (all.length < 3) return 'none';
  const half = all.filter((share) => share >= HALF_LOW && share <= HALF_HIGH).length;
  const whole = all.filter((share) => share >= LIVE && share <= OVER).length;
  const lines = LINE_FIELDS.flatMap((field) => fields[field] ?? []).map(
    (volts) => volts / (nominal_v * Math.sqrt(3)),
  );
  const linesWhole = lines.length > 0 && lines.every((share) => share > 0.9 && share < 1.1);
  if (half === 2 && whole === 1 && !linesWhole) return 'open_high_side_phase';
  const over = all.some((share) => share > OVER);
  const under = all.some((share) => share < LIVE && share >= DEAD);
  if (over && under && (lines.length === 0 || linesWhole)) return 'broken_neutral';
  return 'none';
}
