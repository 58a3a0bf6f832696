/** Units, devices or people that one step deals with at once: what an ordinary site has at most. */
const WHOLE = 2_000;
/** When there are more, so many in each step. */
export const PORTION = 1_000;
/** And so many in a step that went, or has to go, through all of a storm. */
export const SMALL_PORTION = PORTION / 4;
export function isLarge(waiting: number): boolean {
  return waiting > WHOLE;
}

/** How much of the waiting work one step does; a count and never a time, so that the same inputs give the same outputs. */
export function portionOf(waiting: number, behind: boolean): number {
  return behind || isLarge(waiting) ? PORTION : WHOLE;
}
