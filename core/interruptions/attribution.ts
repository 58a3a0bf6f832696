import type { Instant } from '../units/time.ts';
import type { Attributed } from './attributed.ts';
import type { Interruption, InterruptionCause, LedgerEntry } from './interruption.ts';

/** What a person points to: a document by its SHA-256, or words. */
export interface EvidenceItem {
  readonly title: string;
  readonly sha256: string | null;
}

/** What a person said of the cause of one incident, for all its interruptions or for one of them. */
export interface AttributionLine {
  /** Sorts by time. */
  readonly id: string;
  readonly incident: string;
  readonly interruption: string | null;
  readonly attribution: Attributed;
  readonly cause: string | null;
  readonly reason: string;
  readonly evidence: readonly EvidenceItem[];
  /** SHA-256 over attribution, cause, reason and evidence as JSON. */
  readonly evidenceHash: string;
  readonly by: string;
  readonly at: Instant;
}

/** The interruption with what people said of its causes, the last word standing; what names this interruption goes before the incident's. */
export function attributed(interruption: Interruption, lines: readonly AttributionLine[]): Interruption {
  if (lines.length === 0) return interruption;
  return {
    ...interruption,
    causes: interruption.causes.map((cause) => saidOf(cause, interruption.id, lines)),
  };
}

function saidOf(cause: InterruptionCause, id: string, lines: readonly AttributionLine[]): InterruptionCause {
  const about = lines.filter(({ incident }) => incident === cause.incident);
  const line =
    about.findLast(({ interruption }) => interruption === id) ??
    about.findLast(({ interruption }) => interruption === null);
  if (line === undefined) return cause;
  const { attribution, evidenceHash } = line;
  return { ...cause, attribution, evidenceHash, ...(line.cause === null ? {} : { cause: line.cause }) };
}

/** The ledger of one interruption with a `corrected` line for each attribution, in order of time. */
export function withAttributions(
  entries: readonly LedgerEntry[],
  lines: readonly AttributionLine[],
): readonly LedgerEntry[] {
  const found: LedgerEntry[] = [];
  const waiting = [...lines];
  const said: AttributionLine[] = [];
  const bodies: Interruption[] = [];
  const take = (line: AttributionLine): void => {
    said.push(line);
    const body = bodies.at(-1);
    if (body === undefined) return;
    const reason = `attributed to ${line.attribution} by ${line.by}: ${line.reason} (evidence ${line.evidenceHash})`;
    found.push({ type: 'corrected', at: line.at, reason, body: attributed(body, said) });
  };
  for (const entry of entries) {
    while (bodies.length > 0 && waiting[0] !== undefined && waiting[0].at < entry.at) {
      const next = waiting.shift();
      if (next !== undefined) take(next);
    }
    bodies.push(entry.body);
    found.push({ ...entry, body: attributed(entry.body, said) });
  }
  for (const line of waiting) take(line);
  return found;
}
