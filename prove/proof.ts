/** A long proof: kills, seeded faults, live runs. CI runs a share of its count, an issue is resolved after a full run. */
export interface Proof {
  readonly name: string;
  /** The promise, in one sentence. */
  readonly promise: string;
  /** Rounds of a full run. */
  readonly fullCount: number;
  run(round: Round): Promise<Outcome>;
}

export interface Round {
  readonly count: number;
  readonly seed: number;
  say(text: string): void;
}

export interface Outcome {
  readonly passed: boolean;
  /** The figure for the table: what was counted or measured. */
  readonly figure: string;
}

/** Small, seeded and good enough for choosing moments (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
