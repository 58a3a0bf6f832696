/** Bit mask over the three phases: A = 1, B = 2, C = 4. */
export type PhaseMask = number;

export const ALL_PHASES: PhaseMask = 7;

/** Phases as written in site files and messages: letters in alphabetical order, at least one. */
export type PhaseText = 'A' | 'B' | 'C' | 'AB' | 'AC' | 'BC' | 'ABC';

const TEXTS: readonly string[] = ['', 'A', 'B', 'AB', 'C', 'AC', 'BC', 'ABC'];

export function maskOf(text: string): PhaseMask {
  return (text.includes('A') ? 1 : 0) | (text.includes('B') ? 2 : 0) | (text.includes('C') ? 4 : 0);
}

/** The inverse of {@link maskOf}; the empty mask gives ''. */
export function phasesText(mask: PhaseMask): PhaseText {
  return (TEXTS[mask & ALL_PHASES] ?? '') as PhaseText;
}
