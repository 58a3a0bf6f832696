import type { Instant } from '../core/units/time.ts';
import { toIso } from '../core/units/time.ts';
import type { StoredLine } from './evidence-line.ts';

/** Event lines in order, ready for replay. */
export interface EvidenceWindow {
  /** The full hour it begins at: the last one not after the instant asked for, or where the log begins. */
  readonly from: Instant;
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Makes an event file of stored lines, which may come in any order and more than once. Null when they have no full hour.
 */
export function windowOf(lines: Iterable<StoredLine>, from: Instant, to: Instant): EvidenceWindow | null {
  const byKey = new Map<string, StoredLine>();
  let first: StoredLine | null = null;
  for (const line of lines) {
    if (line.event === null) {
      if (first === null || isBetterStart(line, first, from)) first = line;
      continue;
    }
    const key = `${line.offset}/${line.index}`;
    const known = byKey.get(key);
    if (known === undefined || known.readings < line.readings) byKey.set(key, line);
  }
  if (first === null) return null;
  const start = first;
  const inside = [...byKey.values()].filter((line) => precedes(start, line) && line.at <= to);
  inside.sort(compare);
  const at = toIso(start.at);
  const told = inside.flatMap(({ event }) => (event === null ? [] : [event]));
  return {
    from: start.at,
    events: [...start.standing.map((command) => ({ at, command })), ...told],
  };
}

/** The last one not after `from`; else the first there is. */
function isBetterStart(line: StoredLine, known: StoredLine, from: Instant): boolean {
  if (known.at > from) return precedes(line, known);
  return line.at <= from && precedes(known, line);
}

function precedes(a: StoredLine, b: StoredLine): boolean {
  return compare(a, b) < 0;
}

function compare(a: StoredLine, b: StoredLine): number {
  return a.at - b.at || a.offset - b.offset || a.index - b.index;
}
