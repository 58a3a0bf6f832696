import type { EvidenceLog } from '../core/ports/evidence-log.ts';
import type { Instant } from '../core/units/time.ts';
import { toIso } from '../core/units/time.ts';
import { readEvidenceLine, type StoredLine } from './evidence-line.ts';

const HOUR_MS = 3_600_000;

/** An event line of DESIGN 4.3 as a JSON value. */
export type EvidenceEvent = { readonly at: string } & Readonly<Record<string, unknown>>;

/** Event lines in order, ready for replay. */
export interface EvidenceWindow {
  /** Where it begins: the last possible instant not after the one asked for, or where the log begins. */
  readonly from: Instant;
  readonly events: readonly EvidenceEvent[];
}

export interface EvidenceHour extends EvidenceWindow {
  readonly hour: Instant;
}

/**
 * Makes an event file of stored lines, which may come in any order and more than once. Null when it can begin nowhere.
 */
export function windowOf(lines: Iterable<StoredLine>, from: Instant, to: Instant): EvidenceWindow | null {
  const all = [...lines];
  const start = startAmong(all, from);
  if (start === null) return null;
  const at = toIso(start.at);
  const told = inOrder(all.filter((line) => precedes(start, line) && line.at <= to));
  return { from: start.at, events: [...start.standing.map((command) => ({ at, command })), ...told] };
}

/**
 * The window of a log hour by hour, since no line is for longer than its hour: a month need not fit into memory. `from` is
 * what `EvidenceLog.beginning` has said, or with `goingOn` the hour after the last one had.
 */
export async function* hoursOf(
  log: Pick<EvidenceLog, 'read'>,
  site: string,
  span: { readonly from: Instant; readonly to: Instant; readonly goingOn?: boolean },
): AsyncGenerator<EvidenceHour> {
  let begun = span.goingOn === true;
  for await (const { hour, lines } of hourly(log, site, span.from, span.to)) {
    const window = begun
      ? { from: hour, events: inOrder(lines.filter(({ at }) => at <= span.to)) }
      : windowOf(lines, span.from, span.to);
    if (window === null) continue;
    begun = true;
    yield { hour, ...window };
  }
}

async function* hourly(log: Pick<EvidenceLog, 'read'>, site: string, from: Instant, to: Instant) {
  let hour = hourOf(from);
  let lines: StoredLine[] = [];
  for await (const texts of log.read(site, from, to)) {
    for (const text of texts) {
      const line = readEvidenceLine(text);
      if (line === null) continue;
      if (hourOf(line.at) !== hour) {
        if (lines.length > 0) yield { hour, lines };
        hour = hourOf(line.at);
        lines = [];
      }
      lines.push(line);
    }
  }
  if (lines.length > 0) yield { hour, lines };
}

export function hourOf(at: Instant): Instant {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}

/** Each line once, of its versions the longest. */
function inOrder(lines: readonly StoredLine[]): EvidenceEvent[] {
  const byKey = new Map<string, StoredLine>();
  for (const line of lines) {
    if (line.event === null) continue;
    const key = `${line.at}/${line.offset}/${line.index}`;
    const known = byKey.get(key);
    if (known === undefined || known.readings < line.readings) byKey.set(key, line);
  }
  return [...byKey.values()].sort(compare).flatMap(({ event }) => (event === null ? [] : [event]));
}

/** The last one not after `from`; else the first there is. */
function startAmong(lines: readonly StoredLine[], from: Instant): StoredLine | null {
  let start: StoredLine | null = null;
  for (const line of lines) {
    if (line.event !== null) continue;
    const better =
      start === null || (start.at > from ? precedes(line, start) : line.at <= from && precedes(start, line));
    if (better) start = line;
  }
  return start;
}

function precedes(a: StoredLine, b: StoredLine): boolean {
  return compare(a, b) < 0;
}

function compare(a: StoredLine, b: StoredLine): number {
  return a.at - b.at || a.offset - b.offset || a.index - b.index;
}
