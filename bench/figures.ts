/** One line of the report: what was measured, the figure, and the aim it is held against where there is one. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly aim?: string;
  readonly met?: boolean;
}

export interface Bench {
  readonly name: string;
  run(say: (text: string) => void): Promise<readonly Figure[]>;
}

export function quantileOf(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
