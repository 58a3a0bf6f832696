/** A long proof: kills, seeded faults, live runs. CI runs a share of its count, an issue is resolved after a full run. */
export interface Proof {
  readonly name: string;
  /** The promise, in one sentence. */
  readonly promise: string;
  /** Rounds of a full run. */
  readonly fullCount: number;
  /** Its rounds are a list, which `--share 2/8` takes the second of eight parts of. */
  readonly inParts?: boolean;
  run(round: Round): Promise<Outcome>;
}

export interface Round {
  readonly count: number;
  readonly seed: number;
  /** How many of the list earlier parts take. */
  readonly skip: number;
  say(text: string): void;
}

export interface Outcome {
  readonly passed: boolean;
  /** The figure for the table: what was counted or measured. */
  readonly figure: string;
}

/** What `--share` means: `0.1` is a tenth, `2/8` the second of eight parts; null for anything else. */
export function shareOf(text: string, fullCount: number): { count: number; skip: number } | null {
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (part === undefined || parts === undefined) {
    const share = Number(text);
    return share > 0 ? { count: Math.max(1, Math.round(fullCount * share)), skip: 0 } : null;
  }
  if (part < 1 || part > parts) return null;
  const skip = Math.floor((fullCount * (part - 1)) / parts);
  return { count: Math.floor((fullCount * part) / parts) - skip, skip };
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
