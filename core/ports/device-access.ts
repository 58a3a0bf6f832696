import type { Instant } from '../units/time.ts';

/** Secrets of devices and gateways: random, at least 128 bit, kept as SHA-256 (they need no slow hash). */
export interface CredentialStore {
  /** Hex SHA-256 of the client's secret; null when it has none. */
  hashOf(site: string, id: string): Promise<string | null>;
  set(site: string, id: string, sha256Hex: string, at: Instant): Promise<void>;
  remove(site: string, id: string): Promise<void>;
}

export interface QuarantineEntry {
  /** What was claimed: MQTT user name, or the topic published to. */
  readonly subject: string;
  readonly kind: 'unknown_client' | 'bad_secret' | 'unknown_device';
  readonly address: string;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  readonly count: number;
  /** The last payload, cut to 1 KiB; null for a refused connection. */
  readonly sample: string | null;
}

/** At most 1,000 entries, the one seen longest ago goes first. */
export interface Quarantine {
  note(
    entry: Omit<QuarantineEntry, 'firstSeen' | 'lastSeen' | 'count'> & { readonly at: Instant },
  ): Promise<void>;
  list(): Promise<readonly QuarantineEntry[]>;
  remove(subject: string): Promise<void>;
}
