import type { Command } from '../incidents/engine.ts';
import type { Instant } from '../units/time.ts';

/** What a device's live readings in between come to: all of them say what the first does. */
export interface LiveReadings {
  /** Arrival of the last one. */
  readonly until: Instant;
  /** Two or more. */
  readonly readings: number;
  /** Arrival of the last one minus the instant it speaks of. */
  readonly late_ms: number;
  /** Uptime at the instant the last one speaks of, so that it names the latest start seen; null where a device has none. */
  readonly uptime_s: number | null;
}

/**
 * One line of the evidence log. Its key (offset, index) is that of the journal record with which it begins, the same
 * however often the journal is folded; of two lines with one key the longer is the newer.
 */
export type EvidenceLine = {
  readonly at: Instant;
  readonly offset: number;
  readonly index: number;
} & EvidenceBody;

export type EvidenceBody =
  | {
      readonly kind: 'message';
      readonly topic: string;
      /** Text, or base64 where the bytes are none. */
      readonly payload: string;
      readonly encoding: 'text' | 'base64';
      /** Added to the device's own instants to put them on our clock; null when it gave none. */
      readonly skew_ms: number | null;
      readonly live: LiveReadings | null;
    }
  | { readonly kind: 'command'; readonly command: Command }
  /** At a full hour: what was told before and still holds. All earlier lines of the site are complete. */
  | { readonly kind: 'standing'; readonly commands: readonly Command[] };
