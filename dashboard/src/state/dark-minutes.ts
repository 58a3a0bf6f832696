import type { InterruptionView } from '../../../contracts/http/interruptions.ts';

/** Minutes without supply since `from`, summed over units; two entries of one unit at the same time count once. */
export function darkMinutes(ledger: readonly InterruptionView[], from: number, now: number): number {
  const byUnit = new Map<string, [number, number][]>();
  for (const entry of ledger) {
    const start = Math.max(from, Date.parse(entry.from));
    const end = entry.to === null ? now : Date.parse(entry.to);
    const unit = entry.premises ?? entry.node ?? entry.id;
    if (end > start) byUnit.set(unit, [...(byUnit.get(unit) ?? []), [start, end]]);
  }
  let total_ms = 0;
  for (const spans of byUnit.values()) total_ms += unionLength(spans);
  return total_ms / 60_000;
}

function unionLength(spans: [number, number][]): number {
  let length = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
    length += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return length;
}
