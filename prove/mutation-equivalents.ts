/** Mutants that no test can find, because they compute the same; each with the reason. */
export interface Equivalent {
  readonly file: string;
  /** The line as it stands in the source, without its indent. */
  readonly line: string;
  readonly becomes: string;
  readonly why: string;
}

export const knownEquivalents: readonly Equivalent[] = [];
