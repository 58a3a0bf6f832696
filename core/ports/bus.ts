import type { Fields } from '../readings/message.ts';
import type { Instant } from '../units/time.ts';

/** One device's newest values, coalesced: only the latest per device between two sends travels. */
export interface LiveValue {
  readonly site: string;
  readonly device: string;
  readonly ts: Instant;
  readonly arrival: Instant;
  readonly fields: Fields;
}

/** Nudges and coalesced live values; any of them may be lost, so nobody may depend on receiving one. */
export interface BusMessages {
  /** New event rows exist for the site up to `seq`. */
  events: { readonly site: string; readonly seq: number };
  /** Notices are owed. */
  notices: { readonly site: string };
  /** A channel was set up otherwise. */
  channels: { readonly id: string };
  live: { readonly values: readonly LiveValue[] };
  /** A site was imported or its topology changed: reload it. */
  site: { readonly site: string };
  /** Somebody is about to read the evidence log of the site: it is to be complete. */
  evidence: { readonly site: string };
  /** Something for ingest to journal: a command by a person. */
  command: { readonly site: string; readonly command: unknown };
}

export interface Bus {
  publish<K extends keyof BusMessages>(subject: K, body: BusMessages[K]): void;
  subscribe<K extends keyof BusMessages>(subject: K, listener: (body: BusMessages[K]) => void): () => void;
}
