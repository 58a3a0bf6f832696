import type { Price } from '../notices/cost.ts';
import type { Fault } from '../units/fault.ts';
import type { Instant } from '../units/time.ts';
import type { OutgoingMessage, SendOutcome } from './channel.ts';

/** A kind of channel that can be set up. */
export interface ChannelKind {
  readonly id: string;
  readonly title: { readonly 'zh-CN': string; readonly en: string };
  readonly serves: string;
  /** JSON Schema of its settings; `secret: true` marks what is never shown. */
  readonly schema: unknown;
  /** Addresses to enter at the provider; null where nothing outside can reach us. */
  readonly hooks: readonly string[] | null;
}

export interface ChannelState {
  readonly id: string;
  /** The channel of the outbox it serves. */
  readonly channel: string;
  readonly from: 'environment' | 'stored';
  /** 0 for the environment's. */
  readonly version: number;
  readonly savedAt: Instant | null;
  readonly savedBy: string | null;
  /** With every secret as `•••`; null when they cannot be read with the key at hand. */
  readonly settings: Readonly<Record<string, unknown>> | null;
}

export type PutChannel =
  | { readonly version: number }
  | { readonly refused: 'unknown_channel' | 'channel_taken' }
  | { readonly faults: readonly Fault[] };

/** How channels are set up, for people who may. */
export interface ChannelDesk {
  kinds(): readonly ChannelKind[];
  states(): Promise<readonly ChannelState[]>;
  /** A secret given as `•••` stays as it is. Rejects with StoreConflict `version_conflict`. */
  put(
    id: string,
    settings: Readonly<Record<string, unknown>>,
    by: { readonly user: string; readonly at: Instant; readonly ifVersion: number },
  ): Promise<PutChannel>;
  remove(id: string, ifVersion: number): Promise<void>;
  /** Sends one message through a channel that is set up; null when it is not. */
  test(id: string, message: OutgoingMessage): Promise<SendOutcome | null>;
  /** Of a segment on a channel of the outbox. */
  priceOf(channel: string): Price | undefined;
  /** Whether messages on this channel leave for a provider. */
  isSetUp(channel: string): boolean;
}
