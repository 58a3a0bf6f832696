import type { IncidentView } from '../../../contracts/http/incidents.ts';

/** Unit-minutes without supply since `from`, each unit counted once at a time. */
export function darkMinutes(incidents: readonly IncidentView[], from: number, now: number): number {
  const byUnit = new Map<string, [number, number][]>();
  for (const { affected } of incidents) {
    for (const unit of affected) {
      const start = Math.max(from, Date.parse(unit.from));
      const end = unit.to === null ? now : Date.parse(unit.to);
      if (end <= start) continue;
      byUnit.set(unit.node, [...(byUnit.get(unit.node) ?? []), [start, end]]);
    }
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
