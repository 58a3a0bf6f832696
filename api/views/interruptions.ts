import type { InterruptionView, LedgerLines } from '../../contracts/http/interruptions.ts';
import { toInterruptionJson } from '../../contracts/incident.ts';
import type { Interruption, LedgerEntry } from '../../core/interruptions/interruption.ts';
import { type Instant, toIso } from '../../core/units/time.ts';

export function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : toIso(at);
}

export function interruptionView(interruption: Interruption): InterruptionView {
  return { id: interruption.id, ...toInterruptionJson(interruption) };
}

export function ledgerView(entry: LedgerEntry): LedgerLines['items'][number] {
  return { type: entry.type, at: toIso(entry.at), reason: entry.reason, body: interruptionView(entry.body) };
}
