import type { Clock } from '../core/ports/clock.ts';
import type { Quarantine, QuarantineEntry } from '../core/ports/device-access.ts';
import type { Telemetry } from '../core/ports/telemetry.ts';

const SAMPLE_BYTES = 1024;
const SUBJECT_LENGTH = 160;
/** A subject is noted at most this often: a stranger that tries every second must not become a write every second. */
const EVERY_MS = 5_000;
const REMEMBERED = 1_000;
const IN_FLIGHT = 32;

/** Writes refused strangers into the quarantine, at a rate the store need not fear. */
export function createQuarantineNotes(deps: {
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}) {
  const notedAt = new Map<string, number>();
  let inFlight = 0;

  return {
    note(kind: QuarantineEntry['kind'], subject: string, address: string, payload: Uint8Array | null): void {
      const cut = subject.slice(0, SUBJECT_LENGTH);
      const now_ms = deps.clock.monotonic();
      if (now_ms - (notedAt.get(cut) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
      if (inFlight >= IN_FLIGHT) {
        deps.telemetry.count('relight_quarantine_notes_dropped_total');
        return;
      }
      notedAt.delete(cut);
      notedAt.set(cut, now_ms);
      if (notedAt.size > REMEMBERED) {
        const [oldest] = notedAt.keys();
        if (oldest !== undefined) notedAt.delete(oldest);
      }

      const sample =
        payload === null ? null : Buffer.from(payload).subarray(0, SAMPLE_BYTES).toString('utf8');
      inFlight += 1;
      deps.quarantine
        .note({ kind, subject: cut, address, sample, at: deps.clock.now() })
        .catch(() => deps.telemetry.count('relight_quarantine_notes_dropped_total'))
        .finally(() => {
          inFlight -= 1;
        });
    },
  };
}

export type QuarantineNotes = ReturnType<typeof createQuarantineNotes>;
